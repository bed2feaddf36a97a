from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Template as Compiled
from jinja2 import TemplateError, UndefinedError

from orchestrator.assets import Assets
from orchestrator.model.names import StackName
from orchestrator.render.templates import load


def a_template(folder: Path, text: str, name: str = "main.tf.j2") -> Path:
    """A template of the account stack; the other stacks have nothing to say."""
    for stack in StackName:
        (folder / "terraform" / stack).mkdir(parents=True, exist_ok=True)
        (folder / "terraform" / stack / "main.tf.j2").write_text("")
    (folder / "terraform" / "account" / name).write_text(text)
    return folder


def rendered(folder: Path, **context: object) -> dict[str, str]:
    """The files of the account stack that have something in them."""
    sources = load(Assets(folder, folder), "../modules")[StackName.ACCOUNT]
    texts = {source.name: source.render(context) for source in sources}
    return {name: text for name, text in texts.items() if text}


def test_a_value_goes_through_a_filter(tmp_path: Path) -> None:
    a_template(tmp_path, "name = {{ name | hcl }}\n")

    assert rendered(tmp_path, name="${x}") == {"main.tf": 'name = "$${x}"\n'}


@pytest.mark.parametrize(
    "expression",
    [
        "name",
        "'constant'",
        "name ~ '!'",
        "name | hcl ~ name",
        "(name | hcl) + name",
        "name | upper",
        "name | hcl | upper",
        "name | hcl | string | trim",
        "[name | hcl]",
        "1",
        "none",
    ],
)
def test_a_template_that_forgets_the_filter_does_not_render(
    tmp_path: Path, expression: str
) -> None:
    a_template(tmp_path, f"name = {{{{ {expression} }}}}\n")

    with pytest.raises((TypeError, TemplateError)):
        rendered(tmp_path, name='"}')


@pytest.mark.parametrize("expression", ["nmae | hcl", "{'a': nmae} | hcl", "nmae"])
def test_a_misspelt_name_does_not_render(tmp_path: Path, expression: str) -> None:
    a_template(tmp_path, f"name = {{{{ {expression} }}}}\n")

    with pytest.raises(UndefinedError, match="nmae"):
        rendered(tmp_path, name="x")


def test_a_stacks_own_file_goes_before_the_common_one(tmp_path: Path) -> None:
    a_template(tmp_path, "")
    (tmp_path / "terraform" / "providers.tf.j2").write_text("# of all\n")
    (tmp_path / "terraform" / "versions.tf").write_text("# of all\n")
    (tmp_path / "terraform" / "_part.tf.j2").write_text("# a part\n")
    a_template(tmp_path, '# its own\n{% include "_part.tf.j2" %}\n', "providers.tf.j2")

    assert rendered(tmp_path) == {
        "providers.tf": "# its own\n# a part\n",
        "versions.tf": "# of all\n",
    }


def test_plain_files_are_taken_as_they_are(tmp_path: Path) -> None:
    a_template(tmp_path, 'a = "{{ b }}"\n', "plain.tf")

    assert rendered(tmp_path) == {"plain.tf": 'a = "{{ b }}"\n'}


def test_the_same_text_is_compiled_once_wherever_it_lies_and_another_one_anew(
    tmp_path: Path,
) -> None:
    one, same, other = (
        load(Assets(folder, folder), "../modules")[StackName.ACCOUNT][0].text
        for folder in (
            a_template(tmp_path / "1", "a = {{ a | hcl }}\n"),
            a_template(tmp_path / "2", "a = {{ a | hcl }}\n"),
            a_template(tmp_path / "3", "b = {{ a | hcl }}\n"),
        )
    )

    assert isinstance(one, Compiled)
    assert isinstance(same, Compiled)
    assert isinstance(other, Compiled)
    assert one.root_render_func.__code__ is same.root_render_func.__code__
    assert [each.render(a=1) for each in (one, same, other)] == ["a = 1\n", "a = 1\n", "b = 1\n"]


def test_a_module_is_called_where_each_root_finds_it(tmp_path: Path) -> None:
    folder = a_template(tmp_path, "source = {{ 'vpc' | module }}\n")
    assets = Assets(folder, folder)

    texts = [
        load(assets, path)[StackName.ACCOUNT][0].render({}) for path in ("../modules", "elsewhere")
    ]

    assert texts == ['source = "../modules/vpc"\n', 'source = "elsewhere/vpc"\n']
