//! Options of the file systems that volumes are kept on.

use crate::diagnostic::Located;
use crate::expression::Expr;

/// The file system behind a volume.
#[derive(Clone, Debug)]
pub enum FileSystem {
    /// One that is made for the volume.
    Made(Tuning),
    /// One that exists.
    Given(Box<Given>),
}

impl Default for FileSystem {
    fn default() -> Self {
        Self::Made(Tuning::default())
    }
}

/// How a file system is made.
#[derive(Clone, Debug, Default)]
pub struct Tuning {
    /// Whether it is backed up each day; `None`: yes.
    pub backup: Option<Located<Expr<bool>>>,
    /// After how many days without access a file moves to cheaper storage, as the platform writes it: `AFTER_30_DAYS`.
    pub infrequent_access: Option<Located<Expr<String>>>,
    /// What it is tuned for, for life.
    pub performance: Option<Located<Performance>>,
    /// What its throughput depends on. `None`: what is used, where `performance` allows that.
    pub throughput: Option<Located<Throughput>>,
    /// Id, alias or ARN of the key that encrypts it, for life; `None`: the platform's own.
    pub key: Option<Located<Expr<String>>>,
}

/// What a file system is tuned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Performance {
    /// The shortest delays.
    GeneralPurpose,
    /// More operations a second, each with more delay.
    MaxIo,
}

/// What a file system's throughput depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Throughput {
    /// How much is stored.
    Bursting,
    /// How much is used and paid.
    Elastic,
    /// What is paid: MiB a second.
    Provisioned(Expr<f64>),
}

/// A file system that exists.
#[derive(Clone, Debug)]
pub struct Given {
    /// Its id or ARN.
    pub id: Located<Expr<String>>,
    /// Id or ARN of the access point through which it is mounted; `None`: one is made.
    pub access_point: Option<Located<Expr<String>>>,
    /// Whether mount targets are made for it; where it has some already, that fails.
    pub mount_targets: Option<Located<bool>>,
    /// The security group of its mount targets, which is to let the tasks in. `None`: the owner of the file system sees to it.
    pub security_group: Option<Located<Expr<String>>>,
}
