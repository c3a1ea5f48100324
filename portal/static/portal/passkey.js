// Ties the sign-in library's passkey scripts to our pages: a form of passkeys says in data-passkey what it
// does, its button has data-passkey-button, and a line for troubles stands in it.
(() => {
  const troubles = {
    InvalidStateError: "This device has a passkey for you already. Use it, or add one on another device.",
    NotAllowedError: "No passkey was used: it was called off, took too long, or there is none here for you. Try again, or use another way.",
    NotSupportedError: "This device cannot do that. Use another device, or another way.",
    SecurityError: "Passkeys do not work at this address. Open the portal by its name, over https.",
  };
  const other = "The passkey could not be used. Wait a moment and try again, or use another way.";

  // The library hands every trouble to the page, which says it in the form that is at work.
  let working = null;
  document.addEventListener("allauth.error", (event) => {
    const line = working && working.querySelector("[data-passkey-trouble]");
    if (!line) return;
    event.preventDefault();
    line.textContent = troubles[event.detail.exception.name] || other;
    line.hidden = false;
  });

  const tie = (form) => {
    const button = document.querySelector(`[data-passkey-button="${form.id}"]`);
    button.hidden = false;
    // Before the library's own listener, which is added below.
    button.addEventListener("click", () => {
      working = form;
      form.querySelector("[data-passkey-trouble]").hidden = true;
    });
    const passwordless = form.querySelector("[name=passwordless]");
    window.allauth.webauthn.forms[form.dataset.passkey]({
      data: JSON.parse(form.dataset.options || "null"),
      ids: {
        add: button.id, authenticate: button.id, login: button.id,
        credential: form.querySelector("[name=credential]").id,
        passwordless: passwordless ? passwordless.id : "",
      },
    });
  };
  document.addEventListener("DOMContentLoaded", () => {
    if (window.PublicKeyCredential) document.querySelectorAll("[data-passkey]").forEach(tie);
    else document.querySelectorAll("[data-no-passkeys]").forEach((line) => { line.hidden = false; });
  });
})();
