"""The criteria of a delay between sinus node and ventricles, by the codes of their findings."""

BLOCKS = (
    "first_degree_av_block",
    "mobitz_1_av_block",
    "mobitz_2_av_block",
    "two_to_one_av_block",
    "third_degree_av_block",
    "complete_right_bundle_branch_block",
    "incomplete_right_bundle_branch_block",
    "complete_left_bundle_branch_block",
    "incomplete_left_bundle_branch_block",
    "intraventricular_delay",
    "left_anterior_fascicular_block",
    "left_posterior_fascicular_block",
)
