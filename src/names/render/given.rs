//! Names and particles whose spelling in another language is custom: `given.toml` and `particles.toml` of
//! `data/render/`.

use std::sync::LazyLock;

use super::listed::Listed;

static GIVEN: LazyLock<Listed> =
    LazyLock::new(|| Listed::read("given.toml", include_str!("../../../data/render/given.toml")));

static PARTICLES: LazyLock<Listed> =
    LazyLock::new(|| Listed::read("particles.toml", include_str!("../../../data/render/particles.toml")));

/// Given names.
pub(super) fn given() -> &'static Listed {
    &GIVEN
}

/// Small words inside names, which have no capital.
pub(super) fn particles() -> &'static Listed {
    &PARTICLES
}
