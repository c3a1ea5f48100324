// What pages do beyond links and forms. Everything works without it, only slower.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Ctrl-K, or Command-K, goes to the box; the arrows walk through what it found.
  document.addEventListener("keydown", (event) => {
    const box = document.getElementById("find");
    if (!box) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      box.focus();
      box.select();
      return;
    }
    const form = event.target.closest("[data-find]");
    if (!form) return;
    const stops = [box, ...all("#found a", form)];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      stops[(stops.indexOf(event.target) + step + stops.length) % stops.length].focus();
    } else if (event.key === "Escape") {
      box.value = "";
      document.getElementById("found").replaceChildren();
      box.focus();
    }
  });

  document.addEventListener("click", (event) => {
    // A menu closes when something outside it is clicked.
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const found = document.getElementById("found");
    if (found && !event.target.closest("[data-find]")) found.replaceChildren();

    event.target.closest("[data-dismiss]")?.parentElement.remove();

    if (event.target.closest("[data-print]")) window.print();

    const copy = event.target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard.writeText(copy.dataset.copy).then(() => {
        copy.classList.add("copied");
        document.getElementById("said").textContent = `${copy.dataset.copy} is copied`;
        setTimeout(() => copy.classList.remove("copied"), 1500);
      });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details[data-menu][open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // One box chooses all rows of a page; a bar says how many are chosen.
  const choose = (form) => {
    const rows = all("[data-select]", form).filter((row) => row.checked || row.checkVisibility());
    const chosen = rows.filter((row) => row.checked).length;
    all("[data-select-all]", form).forEach((box) => {
      box.checked = chosen > 0 && chosen === rows.length;
      box.indeterminate = chosen > 0 && chosen < rows.length;
    });
    all("[data-selected]", form).forEach((place) => { place.textContent = chosen ? `${chosen} chosen` : "None chosen"; });
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form");
    if (!form || !event.target.matches("[data-select], [data-select-all]")) return;
    if (event.target.matches("[data-select-all]")) {
      // What is folded away is not chosen unseen, but left out again.
      all("[data-select]", form).forEach((row) => { row.checked = event.target.checked && row.checkVisibility(); });
    }
    choose(form);
  });

  // Of a choice in groups, those of what another choice of the form did not choose are left out.
  const narrow = (choice) => {
    const of = choice.form?.elements[choice.dataset.groupedBy];
    if (!of) return;
    const others = new Set([...of.options].filter((one) => !one.selected).map((one) => one.text));
    all("optgroup", choice).forEach((group) => { group.hidden = group.disabled = others.has(group.label); });
    if (choice.selectedOptions[0]?.parentElement.disabled) choice.value = "";
  };
  const narrowAll = () => all("select[data-grouped-by]").forEach(narrow);
  document.addEventListener("change", (event) => {
    if (event.target.matches("select")) narrowAll();
  });
  document.addEventListener("DOMContentLoaded", narrowAll);

  // What a page asks by itself, again and again, is marked: it does not keep a session alive.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-By-Itself"] = "1";
  });

  // A form of filters that is sent by htmx names only what it narrows by: its address is shown.
  document.addEventListener("htmx:configRequest", (event) => {
    const { verb, parameters } = event.detail;
    if (verb !== "get") return;
    Object.keys(parameters).forEach((name) => { if (parameters[name] === "") delete parameters[name]; });
  });

  // What only works with a script is shown by the script.
  const reveal = (root) => all("[data-copy], [data-select-all], [data-dismiss], [data-print], [data-drop-hint]", root).forEach((part) => { part.hidden = false; });
  document.addEventListener("DOMContentLoaded", () => reveal(document));
  document.addEventListener("htmx:afterSwap", (event) => reveal(event.target));

  // After a refusal one stands at the first field that it is about.
  document.addEventListener("DOMContentLoaded", () => document.querySelector("main .is-invalid")?.focus());

  // Whoever was signed out meanwhile is not led away from what they have entered: only told.
  document.addEventListener("input", (event) => {
    if (event.target.form?.method === "post") event.target.form.dataset.touched = "1";
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig } = event.detail;
    const leads = requestConfig.verb === "get" && xhr.getResponseHeader("HX-Redirect");
    const notice = document.querySelector("[data-signed-out]");
    if (!leads || !notice || !document.querySelector("form[data-touched]")) return;
    event.preventDefault();
    notice.hidden = false;
  });

  // A file may also be dropped, anywhere on its form.
  const droppable = (event) => event.dataTransfer?.types.includes("Files") && event.target.closest?.("form[data-drop]");
  document.addEventListener("dragover", (event) => {
    const form = droppable(event);
    if (!form) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    const form = droppable(event);
    if (form && !form.contains(event.relatedTarget)) form.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    const form = droppable(event);
    const [file] = event.dataTransfer.files;
    if (!form || !file) return;
    event.preventDefault();
    form.classList.remove("dropping");
    const one = new DataTransfer();
    one.items.add(file);
    const input = form.querySelector("input[type=file]");
    input.files = one.files;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById("said").textContent = `${file.name} is chosen`;
  });

  // A second click on a button sends nothing twice.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.defaultPrevented || event.target.method === "get") return;
    // A file leaves the page as it is, so nothing would free the button again.
    if (event.target.matches("[data-download]")) return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "1";
    button.classList.add("btn-loading");
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all(".btn-loading", form).forEach((button) => button.classList.remove("btn-loading"));
  }));
})();
