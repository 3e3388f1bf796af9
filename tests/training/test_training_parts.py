from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from training import judge
from training.concepts import COLOURS, CONCEPTS, held_out
from training.denoiser import MOVED, STILL, Bank, Batches, Mix, schedule
from training.evaluate import Question, Verdict, by_concept, questions, shares
from training.latents import LatentMap
from training.muon import Pair, orthogonal
from training.text import END, ENDS, START, UNKNOWN, Reader, load, rows_of, teach, used_ids
from virgil_nb.diffusion.schedule import NoiseSchedule


def test_training_and_sampling_use_the_same_noise_schedule() -> None:
    alphas = schedule()
    torch.testing.assert_close(((1 - alphas) / alphas).sqrt(), NoiseSchedule("v").sigmas, rtol=1e-4, atol=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_the_latent_map_is_linear(seed: int) -> None:
    torch.manual_seed(seed)
    mapping, a, b = LatentMap(), torch.randn(2, 3, 32, 32), torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        mapping.kernel.normal_()
    mapping.standardise(a)
    torch.testing.assert_close(mapping((a + b) / 2), (mapping(a) + mapping(b)) / 2, rtol=1e-3, atol=1e-4)


def test_the_latent_map_gives_one_cell_for_8_pixels_with_variance_1() -> None:
    torch.manual_seed(0)
    pictures = torch.nn.functional.interpolate(torch.randn(16, 3, 8, 8), scale_factor=8, mode="bilinear")
    mapping = LatentMap()
    mapping.start_from_components(pictures)
    mapping.standardise(pictures)
    latents = mapping(pictures)
    assert latents.shape == (16, 4, 8, 8)
    torch.testing.assert_close(latents.std((0, 2, 3)), torch.ones(4), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("shape", [(8, 30), (30, 8), (12, 12)])
def test_muons_step_moves_every_direction_alike(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
    assert values.min() > 0.4
    assert values.max() < 1.3


@pytest.mark.parametrize("shape", [(8, 30), (12, 12)])
def test_muon_by_the_gram_matrix_is_muon_by_the_whole_matrix(shape: tuple[int, int]) -> None:
    torch.manual_seed(1)
    matrix = torch.randn(shape)
    x = matrix / matrix.norm()
    for _ in range(5):  # the iteration as its source has it
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    torch.testing.assert_close(orthogonal(matrix), x, rtol=1e-3, atol=1e-3)


def test_the_pair_of_optimisers_fits_a_small_network() -> None:
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))
    x = torch.randn(256, 8)
    wanted = x[:, :1] * x[:, 1:2]
    pair = Pair(network.named_parameters())
    losses = []
    for n in range(200):
        loss = (network(x) - wanted).square().mean()
        loss.backward()
        pair.set_rate(1 - n / 200)
        pair.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.2 * losses[0]


def test_prompts_become_rows_between_start_and_ends() -> None:
    ids = used_ids()
    rows = rows_of(["a fox", "a gryphon", ""])
    assert rows.shape == (3, 77)
    assert (rows[:, 0] == ids.index(START) + 1).all()
    assert (rows[2, 1:] == ids.index(END) + 1).all()
    assert UNKNOWN not in rows[0]
    assert UNKNOWN in rows[1]


def test_the_heads_teach_the_text_encoder_to_tell_things_and_colours_apart() -> None:
    torch.manual_seed(0)
    reader = Reader()
    optimiser = torch.optim.AdamW(reader.parameters(), lr=2e-3)
    texts = ["a fox on a red background", "a cat on a blue background", "a fox on a blue background", "an owl"]
    labels = torch.tensor([[0, 0], [1, 6], [0, 6], [24, len(COLOURS)]])
    for _ in range(60):
        loss = reader.loss(reader.states(texts), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    ends = reader.states(texts)[:, ENDS:].mean(1)
    assert reader.thing(ends).argmax(1).tolist() == labels[:, 0].tolist()
    assert reader.colour(ends).argmax(1).tolist() == labels[:, 1].tolist()


def test_batches_are_still_at_first_and_moved_as_the_mix_says(tmp_path: Path) -> None:
    contents = np.zeros((STILL + MOVED, 2), int)
    marked = torch.arange(STILL + MOVED).float()[:, None, None, None].expand(-1, 4, 2, 2)
    teach(tmp_path, cpu_seconds=1e-6)
    batches = Batches({128: Bank(marked, contents, MOVED)}, load(tmp_path), seed=3)
    still, context = batches.next(64, Mix(moved=0.0, other_canvas=0.0))
    assert still.max() < STILL
    assert context.shape == (64, 77, 64)
    moved, _ = batches.next(64, Mix(moved=1.0, other_canvas=0.0))
    assert moved.min() >= STILL
    assert len(moved[:, 0, 0, 0].unique()) == MOVED


def test_the_judge_has_a_class_for_every_thing_and_one_for_broken_pictures() -> None:
    thing, colour = judge.Judge().eval()(torch.rand(2, 3, 128, 128))
    assert thing.shape == (2, len(CONCEPTS) + 1)
    assert colour.shape == (2, len(COLOURS))
    assert len(CONCEPTS) == judge.BROKEN


def test_damage_keeps_pictures_within_0_and_1() -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        picture = judge.damaged(np.full((128, 128, 3), 0.95, np.float32), rng)
        assert picture.shape == (128, 128, 3)
        assert 0 <= picture.min() <= picture.max() <= 1


def test_the_evaluation_asks_for_every_thing_in_three_ways() -> None:
    asked = questions()
    assert len(asked) >= 300
    assert len({q.text for q in asked}) > 150
    for kind in ("known", "held-out colour", "held-out wording"):
        assert {q.concept for q in asked if q.kind == kind} == set(range(len(CONCEPTS)))
    assert all(held_out(q.concept, q.colour) == (q.kind == "held-out colour") for q in asked)


def test_shares_are_counted_by_kind_and_by_concept() -> None:
    one, other = Question("a fox", 0, 0, "known"), Question("a cat", 1, 0, "held-out colour")
    third = Question("the fox is on red", 0, 0, "held-out wording")
    verdicts = [Verdict(one, True, True), Verdict(other, False, True), Verdict(third, False, False)]
    found = shares(verdicts)
    assert found["concept right, known"] == 1
    assert found["background right, held-out wording"] == 0
    assert found["concept right, all"] == pytest.approx(1 / 3, abs=1e-3)
    assert by_concept(verdicts) == {"fox": 0.5, "cat": 0.0}
