//! [Volumes](https://github.com/compose-spec/compose-spec/blob/main/07-volumes.md): what outlives containers.

use std::collections::BTreeMap;

use super::super::model;
use super::{Lowering, tags};
use crate::program::Volume;

/// The volumes of the document.
pub(super) fn lower(lowering: &mut Lowering<'_>) -> BTreeMap<String, Volume> {
    let mut volumes = BTreeMap::new();
    for (key, volume) in lowering.volumes {
        let model::Volume { origin, driver, labels, name } = volume.clone();
        if let Some(driver) = driver.filter(|driver| !matches!(driver.value.as_str(), "" | "default" | "local")) {
            lowering
                .diagnostics
                .error(
                    driver.origin,
                    format!("the volume driver `{}` is not supported by this version yet", driver.value),
                )
                .fix("remove `driver`; the volume is then an encrypted file system of its own");
        }
        let mut tags = tags::lower(labels, "com.docker.compose.volume", key);
        if let Some(name) = name {
            tags.insert("Name".to_owned(), name.value.into());
        }
        volumes.insert(key.clone(), Volume { origin, tags });
    }
    volumes
}
