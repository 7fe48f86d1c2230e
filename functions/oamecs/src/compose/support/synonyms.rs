//! What attributes are called elsewhere.

use super::Table;

/// A name that people write, and the attribute that they mean.
const SYNONYMS: &[(&str, &str)] = &[
    ("args", "command"),
    ("cmd", "command"),
    ("cpu", "cpus"),
    ("depends", "depends_on"),
    ("entry_point", "entrypoint"),
    ("env", "environment"),
    ("env_vars", "environment"),
    ("envs", "environment"),
    ("hosts", "extra_hosts"),
    ("instances", "scale"),
    ("link", "links"),
    ("logs", "logging"),
    ("mem", "mem_limit"),
    ("memory", "mem_limit"),
    ("memory_limit", "mem_limit"),
    ("mounts", "volumes"),
    ("name", "container_name"),
    ("port", "ports"),
    ("publish", "ports"),
    ("run", "command"),
    ("tags", "labels"),
    ("variables", "environment"),
    ("vars", "environment"),
    ("volume", "volumes"),
    ("workdir", "working_dir"),
    ("working_directory", "working_dir"),
];

/// Names that the documentation of Docker's ECS integration had by mistake, and what they were about.
const MISTAKES: &[(&str, &str)] = &[
    ("driver-opts", "options"),
    ("driver_opts", "options"),
    ("keys", "x-aws-keys"),
    ("x-aws-pull_policy", "x-aws-pull_credentials"),
];

/// The attribute among those of `table` that `key` was documented as.
pub(super) fn documented(key: &str, table: &Table) -> Option<&'static str> {
    let meant = MISTAKES.iter().find(|(mistake, _)| *mistake == key).map(|(_, attribute)| *attribute)?;
    table.iter().any(|attribute| attribute.name == meant).then_some(meant)
}

/// The attribute of a service that `key` is another word for.
pub(super) fn meaning(key: &str) -> Option<&'static str> {
    let key = key.to_ascii_lowercase();
    SYNONYMS.iter().find(|(synonym, _)| *synonym == key).map(|(_, attribute)| *attribute)
}

#[cfg(test)]
mod tests {
    use super::super::service::SERVICE;
    use super::*;

    #[test]
    fn synonyms_mean_attributes() {
        let is_attribute = |name: &str| SERVICE.iter().any(|attribute| attribute.name == name);
        for (synonym, attribute) in SYNONYMS {
            assert!(is_attribute(attribute) && !is_attribute(synonym), "{synonym}: {attribute}");
        }
    }
}
