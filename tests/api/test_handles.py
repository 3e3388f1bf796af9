"""The workflow handle: looking nodes up, reading and assigning inputs, linking, undoing."""

from __future__ import annotations

import pickle

import pytest

import virgil_nb as vnb


@pytest.fixture
def wf() -> vnb.Workflow:
    return vnb.Workflow.template("text-to-image")


def test_a_node_is_found_by_id_then_title_then_type(wf):
    sampler = wf["KSampler"]
    assert wf[sampler.info.id] == sampler
    assert wf["Prompt"].info.type == "CLIPTextEncode"
    assert wf["Load Checkpoint"] == wf["CheckpointLoaderSimple"]


def test_an_unknown_name_suggests_close_ones(wf):
    with pytest.raises(KeyError, match="KSampler"):
        wf["KSamplr"]


def test_an_ambiguous_name_lists_the_candidates(wf):
    with pytest.raises(KeyError) as caught:
        wf["CLIPTextEncode"]
    assert wf["Prompt"].info.id in str(caught.value) and "Negative prompt" in str(caught.value)


def test_attributes_are_inputs_first(wf):
    sampler = wf["KSampler"]
    sampler.seed = 7
    assert sampler.seed == 7
    assert sampler.model.type == "MODEL"  # a linked input reads as the output that feeds it
    assert sampler.LATENT.type == "LATENT" and sampler[0].name == "LATENT"


def test_a_misspelt_attribute_raises_with_close_names(wf):
    with pytest.raises(AttributeError, match="steps"):
        wf["KSampler"].step = 3
    with pytest.raises(AttributeError, match="sampler_name"):
        wf["KSampler"].samplername  # noqa: B018


def test_an_input_keeps_its_value_while_a_link_feeds_it(wf):
    saved = wf["SaveImage"]
    saved.images = None
    assert saved.images is None
    assert [p.kind for p in wf.validate()] == ["required_input_missing"]
    saved.images = wf["VAEDecode"].IMAGE
    assert wf.validate() == []


def test_a_node_with_one_output_can_be_assigned_whole(wf):
    wf["SaveImage"].images = wf["VAEDecode"]
    assert wf["SaveImage"].images.node == wf["VAEDecode"].info.id
    with pytest.raises(ValueError, match="MODEL, CLIP, VAE"):
        wf["KSampler"].model = wf["CheckpointLoaderSimple"]


def test_outputs_of_another_workflow_are_refused(wf):
    with pytest.raises(ValueError, match="another workflow"):
        wf["SaveImage"].images = wf.copy()["VAEDecode"].IMAGE


def test_every_edit_can_be_undone_and_made_again(wf):
    before = wf.document
    wf["KSampler"].seed = 99
    wf.remove("VAEDecode")
    after = wf.document
    assert wf.undo() and wf.undo() and not wf.undo()
    assert wf.document == before
    assert wf.redo() and wf.redo() and not wf.redo()
    assert wf.document == after


def test_a_copy_is_independent(wf):
    other = wf.copy()
    other["KSampler"].seed = 123
    assert wf["KSampler"].seed != 123


def test_a_workflow_survives_pickling(wf):
    again = pickle.loads(pickle.dumps(wf))
    assert again.document == wf.document


def test_the_python_of_a_workflow_makes_it_again(wf):
    space: dict[str, object] = {}
    exec(wf.to_python(), space)
    made = space["wf"]
    assert isinstance(made, vnb.Workflow)
    assert sorted((n.info.type, n.info.title) for n in made.nodes) == sorted((n.info.type, n.info.title) for n in wf.nodes)
    assert {k: v["inputs"] for k, v in made.to_api().items() if v["class_type"] == "KSampler"}.popitem()[1]["seed"] == wf["KSampler"].seed
    assert made.validate() == []


def test_a_saved_workflow_opens_as_it_was(wf, tmp_path):
    path = wf.save(tmp_path / "mine.json")
    assert vnb.Workflow.open(path).document == wf.document
    assert vnb.Workflow.open(wf.to_json()).document == wf.document


def test_an_unknown_type_or_input_is_refused_with_close_names(wf):
    with pytest.raises(vnb.EditError, match="KSampler"):
        wf.add("Ksampler")
    with pytest.raises(vnb.EditError, match="filename_prefix"):
        wf.add("SaveImage", file_name="x")


def test_every_template_opens_and_all_but_the_picture_is_in_place():
    for name in vnb.Workflow.templates():
        kinds = {p.kind for p in vnb.Workflow.template(name).validate()}
        assert kinds <= {"required_input_missing", "value_not_in_list"}, name
    assert vnb.Workflow.template("text-to-image").validate() == []
