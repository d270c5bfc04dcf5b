"""Long computations in small parts."""

from antiphon.slices import Job, finish


def counted(done):
    """Three parts."""
    for number in (1, 2):
        done.append(number)
        yield
    done.append(3)


def test_all_parts_can_be_done_at_once():
    done = []
    finish(counted(done))
    assert done == [1, 2, 3]


def test_a_job_does_one_part_after_another():
    done = []
    job = Job(counted(done))
    for parts in (1, 2, 3, 3):
        job.go_on()
        assert done == [1, 2, 3][:parts]
        assert job.done == (parts == 3)


def test_the_rest_of_a_job_goes_on_where_it_is():
    def work():
        yield
        yield
        return "result"

    job = Job(work())
    job.go_on()
    assert finish(job.rest()) == finish(job.rest()) == "result"
