"""Values go back into the one form of a page, and nothing else of it changes."""

from __future__ import annotations

import pytest

from portal.kept.filling import Filled, fill

PAGE = """<!doctype html>
<html><body><main><div data-kept></div>
<p>Ampers &amp; and &#39;quotes&#39; <br/> stay. <!-- so do comments --></p>
<script src="/static/x.js"></script>
<form method="post" action="/other/"><input name="name" value="untouched"></form>
<form method="get" action="/there/"><input name="name" value="a search"></form>
%s
</main></body></html>"""


def filled(form: str, *fields: tuple[str, str], page: str = "/here/") -> Filled:
    """Fill a form that posts to /there/."""
    done = fill(PAGE % form, page=page, path="/there/", fields=list(fields))
    assert done is not None
    return done


def form_in(done: Filled) -> str:
    """Give the last form of a filled page."""
    return "<form" + (done.before + done.after).rpartition("<form")[2].rpartition("\n</main>")[0]


class TestFilling:
    def test_leaves_all_else_as_it_is(self) -> None:
        form = '<form method="post" action="/there/" id="f"><button>Go</button></form>'
        done = filled(form)
        assert done.before + done.after == PAGE % form
        assert done.before.endswith("<div data-kept>")

    @pytest.mark.parametrize(
        ("control", "value", "becomes"),
        [
            ('<input name="a" value="old">', "new", '<input name="a" value="new">'),
            ('<input name="a" type="email"/>', "x@y", '<input name="a" type="email" value="x@y">'),
            ('<input name="a">', '"><b>&', '<input name="a" value="&quot;&gt;&lt;b&gt;&amp;">'),
            ('<input type="hidden" name="a" value="1">', "2", 'name="a" value="2">'),
            ('<textarea name="a">old &amp; gone</textarea>', "a<b\nc", ">\na&lt;b\nc</textarea>"),
            ('<input type="checkbox" name="a">', "on", '<input type="checkbox" name="a" checked>'),
            ('<input type="radio" name="a" value="x">', "x", 'value="x" checked>'),
            (
                '<select name="a"><option value="1" selected>One<option value="2">Two</select>',
                "2",
                '<option value="1">One<option value="2" selected>Two',
            ),
        ],
    )
    def test_puts_a_value_where_it_belongs(self, control: str, value: str, becomes: str) -> None:
        done = filled(f'<form method="post" action="/there/">{control}</form>', ("a", value))
        assert becomes in form_in(done)
        assert done.left == []

    def test_unchecks_what_was_not_sent(self) -> None:
        boxes = '<input type="checkbox" name="a" value="1" checked>'
        assert "checked" not in form_in(filled(f'<form method="post" action="/there/">{boxes}'))

    @pytest.mark.parametrize(
        "control",
        [
            '<input type="password" name="a">',
            '<input type="file" name="a">',
            '<input type="hidden" name="csrfmiddlewaretoken" value="mine">',
            '<button name="a" value="mine">Go</button>',
        ],
    )
    def test_never_touches_secrets_files_and_buttons(self, control: str) -> None:
        form = f'<form method="post" action="/there/" id="f">{control}</form>'
        done = filled(form, ("a", "evil"), ("csrfmiddlewaretoken", "evil"))
        assert form_in(done) == form

    def test_gives_each_of_several_its_own(self) -> None:
        inputs = '<input name="a"><input name="a">' * 2
        done = filled(
            f'<form method="post" action="/there/">{inputs}', ("a", "1"), ("a", "2"), ("a", "3")
        )
        assert form_in(done).count("value=") == 3
        assert 'value="1"><input name="a" value="2"><input name="a" value="3">' in form_in(done)

    def test_tells_what_found_no_place(self) -> None:
        done = filled(
            '<form method="post" action="/there/"><input type="checkbox" name="a" value="1">',
            ("a", "1"),
            ("a", "2"),
            ("b", "3"),
            ("c", ""),
        )
        assert done.left == [("a", "2"), ("b", "3")]

    def test_reaches_controls_that_stand_outside_of_their_form(self) -> None:
        form = '<form method="post" action="/there/" id="bulk"></form>'
        done = filled(f'{form}<input form="bulk" name="a"><input name="a">', ("a", "1"))
        page = done.before + done.after
        assert '<input form="bulk" name="a" value="1"><input name="a">' in page
        assert done.form_id == "bulk"

    @pytest.mark.parametrize("action", ["", ' action=""', ' action="../there/"', ' action="?x=1"'])
    def test_knows_an_address_however_it_is_written(self, action: str) -> None:
        form = f'<form method="post"{action}><input name="a">'
        assert 'value="1"' in form_in(filled(form, ("a", "1"), page="/there/"))

    def test_knows_a_form_by_the_address_of_a_button(self) -> None:
        form = '<form method="post" action="/x/"><input name="a"><button formaction="/there/">'
        assert 'value="1"' in form_in(filled(form, ("a", "1")))

    def test_chooses_the_form_that_has_most_of_it(self) -> None:
        row = '<form method="post" action="/there/"><input name="row" value="%d"><input name="a">'
        page = "".join(f"{row % number}</form>" for number in (1, 2, 3))
        done = filled(page, ("row", "2"), ("a", "x"))
        assert '<input name="row" value="2"><input name="a" value="x">' in done.before + done.after
        assert (done.before + done.after).count('value="x"') == 1
        assert done.form_id == "kept-form"

    def test_gives_up_where_no_form_posts_there(self) -> None:
        assert fill(PAGE % "", page="/here/", path="/there/", fields=[]) is None
