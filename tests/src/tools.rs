//! The tools of other people that the tests run: linters, a local AWS, the SAM CLI.
//!
//! They are Python packages, pinned with everything that they need in `tests/python/*.txt`, and installed once into
//! virtual environments under the target directory. A changed list or another Python makes a new environment.

#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test without its tools can only fail, with a message that says what is missing"
)]

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// A virtual environment with the programs of one list.
#[derive(Debug)]
pub struct Tools {
    bin: PathBuf,
}

impl Tools {
    /// `cfn-lint`, `cloudformation_validate` and `ministack`.
    pub fn get() -> &'static Self {
        static TOOLS: OnceLock<Tools> = OnceLock::new();
        TOOLS.get_or_init(|| Self::installed("requirements"))
    }

    /// `moto`, whose packages are others than those of ministack.
    pub fn moto() -> &'static Self {
        static TOOLS: OnceLock<Tools> = OnceLock::new();
        TOOLS.get_or_init(|| Self::installed("moto"))
    }

    /// `sam` and `cargo-lambda`: apart, because they want another release of boto3 than the others.
    pub fn sam() -> &'static Self {
        static TOOLS: OnceLock<Tools> = OnceLock::new();
        TOOLS.get_or_init(|| Self::installed("sam"))
    }

    /// A program of the environment, which finds the others of the environment too.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.env("PATH", self.search_path()).env("SAM_CLI_TELEMETRY", "0");
        command
    }

    /// A script under `tests/`, run by the environment's Python.
    pub fn script(&self, path: &str) -> Command {
        let mut command = self.command("python3");
        command.arg(repository().join("tests").join(path));
        command
    }

    fn search_path(&self) -> OsString {
        let inherited = env::var_os("PATH").unwrap_or_default();
        env::join_paths([self.bin.clone()].into_iter().chain(env::split_paths(&inherited)))
            .unwrap_or_else(|error| panic!("PATH cannot be extended: {error}"))
    }

    fn installed(list: &str) -> Self {
        let requirements = repository().join(format!("tests/python/{list}.txt"));
        let text = fs::read(&requirements).unwrap_or_else(|error| panic!("{}: {error}", requirements.display()));
        let mut hasher = DefaultHasher::new();
        (text, python_version()).hash(&mut hasher);
        let all = target_directory().join("test-tools");
        let directory = all.join(format!("{list}-{:016x}", hasher.finish()));

        // Test programs run side by side, and all of them may come here first.
        let lock = fs::create_dir_all(&all).and_then(|()| File::create(directory.with_extension("lock")));
        let lock = lock.and_then(|file| file.lock().map(|()| file));
        let lock = lock.unwrap_or_else(|error| panic!("{}: {error}", all.display()));
        let complete = directory.join("complete");
        if !complete.exists() {
            install(&directory, &requirements);
            File::create(&complete).unwrap_or_else(|error| panic!("{}: {error}", complete.display()));
        }
        drop(lock);
        Self { bin: directory.join("bin") }
    }
}

/// The root of the repository.
pub fn repository() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default())
}

/// Run a command to its end; its output if it succeeded, and a panic with all that it said if not.
pub fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed, {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    output
}

fn python_version() -> Vec<u8> {
    let output = Command::new("python3").arg("--version").output();
    let output = output.unwrap_or_else(|error| panic!("python3 is needed to run the tests: {error}"));
    output.stdout
}

fn install(directory: &Path, requirements: &Path) {
    // What an interrupted installation left.
    let _ = fs::remove_dir_all(directory);
    run(Command::new("python3").args(["-m", "venv"]).arg(directory));
    // The lists are complete, so nothing is resolved; compiling what is never imported would take half of the time.
    run(Command::new(directory.join("bin/python3"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"])
        .arg("--requirement")
        .arg(requirements));
}

/// Where cargo builds: the directory around this program that cargo has tagged as its own.
fn target_directory() -> PathBuf {
    let program = env::current_exe().unwrap_or_else(|error| panic!("where this test is: {error}"));
    let tagged = program.ancestors().find(|directory| directory.join("CACHEDIR.TAG").is_file());
    tagged.map_or_else(|| repository().join("target"), Path::to_owned)
}
