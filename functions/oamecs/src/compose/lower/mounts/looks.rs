//! What the paths of a bind mount tell of it: a file or a directory, the author's code or a program's data, the machine itself.

use super::{Given, Own};
use crate::path::{below, is_within, normal};

/// Whether a path in a container holds the time of the host, or its zone.
pub(super) fn is_clock(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    matches!(path, "/etc/localtime" | "/etc/timezone") || path.starts_with("/usr/share/zoneinfo")
}

/// Whether it is the socket by which a container reaches Docker.
pub(super) fn is_docker_socket(source: &str) -> bool {
    source.ends_with("docker.sock") || source.ends_with("docker_engine") || source.ends_with("podman.sock")
}

/// Directories of a host that no container has any use for elsewhere.
const OF_THE_HOST: [&str; 10] = [
    "/boot",
    "/dev",
    "/lib/modules",
    "/proc",
    "/run",
    "/sys",
    "/usr/src",
    "/var/lib/docker",
    "/var/log/journal",
    "/var/run",
];

/// Whether it is something by which programs look into their host.
pub(super) fn is_of_host(source: &str) -> bool {
    source.starts_with('/') && {
        let source = normal(source);
        source == "/" || OF_THE_HOST.iter().any(|host| is_within(&source, host))
    }
}

/// What directories are called that programs keep data in.
const DATA: [&str; 20] = [
    "backup",
    "backups",
    "cache",
    "data",
    "database",
    "db",
    "files",
    "log",
    "logs",
    "media",
    "persist",
    "persistent",
    "state",
    "storage",
    "store",
    "tmp",
    "upload",
    "uploads",
    "var",
    "volumes",
];

/// Whether a mount is the source of the image over what the image was built with: its build context, or something within that
/// does not look like data. What is beside the code (`./nginx.conf` of a project that is its own context) is only that where it
/// is mounted under its own name and not where programs look for their configuration.
pub(super) fn is_development(source: &str, mount: &Given, own: &Own) -> bool {
    let Some(context) = &own.context else { return false };
    let (source, context) = (normal(source), normal(context));
    let Some(rest) = below(&source, &context) else { return false };
    if rest.is_empty() {
        return true;
    }
    let is_data = rest.split('/').any(|part| {
        let name = part.trim_start_matches('.').to_ascii_lowercase();
        DATA.iter().any(|data| name == *data || name.strip_suffix(data).is_some_and(|rest| rest.ends_with(['-', '_'])))
    });
    if is_data && !mount.read_only {
        return false;
    }
    let target = mount.target.value.trim_end_matches('/');
    context != "." || (target.rsplit('/').next() == rest.rsplit('/').next() && !is_configuration(target))
}

/// Whether a path is one that programs read their configuration from.
fn is_configuration(path: &str) -> bool {
    ["/etc", "/usr/share", "/usr/local/etc", "/docker-entrypoint-initdb.d", "/config"]
        .iter()
        .any(|directory| is_within(path, directory))
}

/// Endings that files have, and directories have not.
const EXTENSIONS: [&str; 48] = [
    "cer",
    "cfg",
    "cnf",
    "conf",
    "config",
    "crt",
    "css",
    "csv",
    "db",
    "env",
    "go",
    "gz",
    "htm",
    "html",
    "ini",
    "j2",
    "jar",
    "java",
    "jks",
    "js",
    "json",
    "key",
    "list",
    "log",
    "lua",
    "md",
    "p12",
    "pem",
    "php",
    "pid",
    "properties",
    "py",
    "rb",
    "rules",
    "sh",
    "so",
    "sock",
    "sql",
    "sqlite",
    "template",
    "tf",
    "toml",
    "tpl",
    "ts",
    "txt",
    "war",
    "xml",
    "yml",
];

/// Names that files have without any ending.
const NAMES: [&str; 22] = [
    ".bashrc",
    ".env",
    ".gitconfig",
    ".htaccess",
    ".htpasswd",
    ".netrc",
    ".npmrc",
    ".pgpass",
    "caddyfile",
    "corefile",
    "crontab",
    "dockerfile",
    "gemfile",
    "group",
    "hostname",
    "hosts",
    "id_rsa",
    "known_hosts",
    "makefile",
    "passwd",
    "procfile",
    "shadow",
];

/// Whether a mount looks like that of a file, where a volume would be of no use.
pub(super) fn is_file(source: &str, target: &str) -> bool {
    if source.ends_with(['/', '\\']) || target.ends_with('/') {
        return false;
    }
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let (source, target) = (name(source), name(target));
    let is_known = |name: &str| {
        let extension = name.trim_start_matches('.').rsplit_once('.').map(|(_, extension)| extension);
        NAMES.contains(&name)
            || name.starts_with(".env.")
            || extension.is_some_and(|extension| extension == "yaml" || EXTENSIONS.binary_search(&extension).is_ok())
    };
    // `example.com` and `conf.d` are directories more often than not, two names with one ending are one file.
    let extension = |name: &str| {
        let (_, extension) = name.trim_start_matches('.').rsplit_once('.')?;
        Some(extension.to_owned())
            .filter(|extension| extension != "d" && extension.chars().any(|c| c.is_ascii_alphabetic()))
    };
    is_known(&source) || is_known(&target) || extension(&source).is_some_and(|own| extension(&target) == Some(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_the_search() {
        assert!(EXTENSIONS.is_sorted() && NAMES.is_sorted() && DATA.is_sorted());
    }

    #[test]
    fn files_are_told_from_directories() {
        for (source, target) in [
            ("./nginx.conf", "/etc/nginx/nginx.conf"),
            ("./Caddyfile", "/etc/caddy/Caddyfile"),
            ("./.env", "/app/.env"),
            ("/etc/hosts", "/etc/hosts"),
            ("./settings", "/app/settings.yaml"),
            ("./a.foo", "/b.foo"),
        ] {
            assert!(is_file(source, target), "{source} {target}");
        }
        for (source, target) in [
            ("./conf.d", "/etc/nginx/conf.d"),
            ("./example.com", "/var/www/html"),
            ("~/.config", "/root/.config"),
            ("/etc/dnsmasq.d/", "/etc/dnsmasq.d/"),
            ("./v1.2", "/srv/v1.2"),
            ("./data", "/data"),
        ] {
            assert!(!is_file(source, target), "{source} {target}");
        }
    }
}
