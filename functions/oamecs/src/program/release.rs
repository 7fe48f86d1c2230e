//! Releases: what brings new images to what runs already. Tasks run to their end, then services get their new version, then
//! tasks run again, and what fails undoes all of it.

use std::collections::BTreeMap;

use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// A release.
#[derive(Clone, Debug)]
pub struct Release {
    /// The declaration.
    pub origin: Origin,
    /// The cluster of all tasks and services, by name or ARN.
    pub cluster: Expr<String>,
    /// What is done, one after the other; a stage may be empty.
    pub stages: Vec<Stage>,
}

/// Steps that wait for those of the stage before, and not for each other.
#[derive(Clone, Debug)]
pub struct Stage {
    /// When in the release it is.
    pub phase: Phase,
    /// What is done, by name.
    pub steps: BTreeMap<String, Step>,
}

/// When in a release something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before services get their new version.
    Before,
    /// While they do.
    Services,
    /// After that.
    After,
}

/// Something that a release does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Tasks run to their end.
    Run(Box<Run>),
    /// A service gets its new version.
    Roll(Box<Roll>),
}

/// Tasks that run to their end.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its place.
    pub origin: Origin,
    /// What runs: a family of task definitions, a revision of one, or the ARN of either.
    pub definition: Expr<String>,
    /// The declaration and the workload of this template whose tasks these are, where that is known.
    pub tasks_of: Option<(String, String)>,
    /// The containers that get other images. None: what runs is taken as it is.
    pub images: Vec<Image>,
    /// The containers whose ends count.
    pub subjects: Vec<String>,
    /// How many run, 1 to 10.
    pub count: Expr<u32>,
    /// What they run on.
    pub capacity: Capacity,
    /// The network interface of each, where they have one of their own.
    pub network: Option<Interface>,
    /// Whether they run on every deployment, and not only when something of this changes.
    pub always: bool,
    /// Whether they wait until no other task of the family runs.
    pub exclusive: bool,
    /// Seconds after which they are stopped, and have failed.
    pub timeout: Option<Located<u32>>,
    /// What counts as failed; `None`: [`Verdict::Subject`].
    pub verdict: Option<Verdict>,
    /// What follows from a failure; `None`: [`OnFailure::RollBack`].
    pub on_failure: Option<OnFailure>,
    /// Texts of which each may say that they do not run: `true` or `false`.
    pub skip: Vec<Expr<String>>,
}

/// A service that gets its new version.
#[derive(Clone, Debug)]
pub struct Roll {
    /// Its place.
    pub origin: Origin,
    /// Whose it is.
    pub owner: Owner,
    /// The containers that get other images.
    pub images: Vec<Image>,
    /// Whether tasks are replaced on every deployment, although nothing changed.
    pub force: Option<Located<bool>>,
    /// Seconds after which it goes back, and has failed.
    pub max_wait: Option<Located<u32>>,
    /// What it waits for.
    pub wait_for: Option<Located<WaitFor>>,
    /// What it does about a deployment that is under way.
    pub while_busy: Option<Located<WhileBusy>>,
    /// What follows when there is no such service.
    pub on_missing: Option<Located<OnMissing>>,
    /// What follows from a failure.
    pub on_failure: Option<Located<OnFailure>>,
    /// What becomes of it when the release is taken out.
    pub on_removal: Option<Located<OnRemoval>>,
    /// Whether it is taken over from another release.
    pub take_over: Option<Located<bool>>,
}

/// Who makes a service, and so gives it its new version.
#[derive(Clone, Debug)]
pub enum Owner {
    /// Somebody else: its name or ARN.
    Foreign(Expr<String>),
    /// A workload of a declaration.
    Declared {
        /// The declaration's id.
        declaration: String,
        /// The workload's name.
        workload: String,
    },
    /// A resource that the author wrote, by its id.
    Author(String),
}

/// A container that gets another image.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its name.
    pub container: String,
    /// The tag, or the digest, of its image.
    pub tag: Expr<String>,
}

/// What tasks run on.
#[derive(Clone, Debug, Default)]
pub enum Capacity {
    /// What the cluster has for tasks that say nothing.
    #[default]
    Cluster,
    /// One kind of machine.
    Machine(Machine),
    /// Shares of capacity providers.
    Providers(Vec<Provider>),
}

/// A kind of machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// A machine of the platform's for each task.
    Fargate,
    /// Instances of the cluster.
    Instance,
    /// Machines elsewhere that are registered with the cluster.
    External,
}

/// A capacity provider's share.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name.
    pub name: Expr<String>,
    /// How many tasks it gets first, 0 to 100,000.
    pub base: Option<u32>,
    /// Its share of the others, 0 to 1,000.
    pub weight: Option<u32>,
}

/// The network interface of a task.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Whether it has a public address.
    pub public_address: bool,
    /// Up to five security groups.
    pub groups: Vec<Expr<String>>,
    /// Up to 16 subnets; late, it is a list.
    pub subnets: Expr<Vec<Expr<String>>>,
}

/// What counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A container that counts ends with another code than 0.
    Subject,
    /// An essential one does.
    Essential,
    /// Any does.
    Strict,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// All goes back to what it was.
    RollBack,
    /// Nothing.
    Ignore,
}

/// What a new version waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitFor {
    /// Its tasks run, and are healthy.
    Stable,
    /// The old ones have ended besides.
    Drained,
}

/// What becomes of a deployment that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhileBusy {
    /// Its place is taken.
    Proceed,
    /// It is waited for.
    Wait,
}

/// What follows when there is no service of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMissing {
    /// An error.
    Fail,
    /// Nothing.
    Skip,
}

/// What becomes of a service when the release is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRemoval {
    /// It runs on.
    Leave,
    /// It goes back to what it ran before the first release.
    Restore,
}
