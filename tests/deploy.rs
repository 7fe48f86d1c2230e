//! The installation deploys, and a user's stacks can be created, updated, rolled back and deleted through it.
//!
//! `sam build` and `sam deploy` put the real functions behind `Transform: OamEcs` and `Custom::OamEcs…` of a local AWS
//! (ministack, to which `deploy/macros.py`, `deploy/missing_types.py`, `deploy/own_resources.py`, `deploy/permissions.py` and
//! `deploy/tasks.py` add what it lacks, and say what it cannot show). Then `deploy/run.py` takes the cases, which are folders of
//! `deploy/`, and every example through their lives. All of it on 127.0.0.1.
//!
//! `OAMECS_DEPLOY_CASES="shop rollback"` runs these cases only; `OAMECS_DEPLOY_EXAMPLES` names a folder of folders of templates
//! to take through the same life as the examples.

#![expect(clippy::unwrap_used, reason = "a test fails so")]

use std::{
    env, fs,
    fs::File,
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use oamecs_tests::build::forget_test;
use oamecs_tests::tools::{Tools, repository, run};

/// A ministack, which ends with this.
struct Cloud {
    endpoint: String,
    directory: PathBuf,
    process: Child,
}

impl Cloud {
    fn start(directory: &Path) -> Self {
        let log = File::create(directory.join("log")).unwrap();
        let process = Tools::get()
            .script("deploy/ministack_with_macros.py")
            .arg(directory)
            // It ends when this pipe does, however this process ends.
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut cloud = Self { endpoint: String::new(), directory: directory.to_owned(), process };
        cloud.endpoint = format!("http://127.0.0.1:{}", cloud.port());
        cloud
    }

    fn port(&mut self) -> String {
        let start = Instant::now();
        loop {
            if let Ok(port) = fs::read_to_string(self.directory.join("port")) {
                return port;
            }
            let ended = self.process.try_wait().unwrap();
            assert!(
                ended.is_none() && start.elapsed() < Duration::from_mins(1),
                "the local AWS does not start: {}",
                fs::read_to_string(self.directory.join("log")).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// `sam`, with this as its AWS, and nothing of the account or the settings of whoever runs the tests.
    fn sam(&self) -> Command {
        let mut sam = Tools::sam().command("sam");
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
            sam.env_remove(name);
        }
        let nowhere = self.directory.join("no-settings");
        sam.current_dir(repository())
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", "000000000000")
            .env("AWS_SECRET_ACCESS_KEY", "any")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_CONFIG_FILE", &nowhere)
            .env("AWS_SHARED_CREDENTIALS_FILE", &nowhere)
            .env("__SAM_CLI_APP_DIR", self.directory.join("sam"));
        sam
    }

    /// What a user does to install OamEcs, but for the questions that `--guided` asks.
    fn install(&self) {
        let build = self.directory.join("build");
        let mut sam = self.sam();
        forget_test(&mut sam);
        run(sam
            .args(["build", "--build-dir"])
            .arg(&build)
            // Plain cargo does for a local AWS; for the real one cargo-lambda takes zig and an older C library.
            .env("CARGO_LAMBDA_COMPILER", "cargo")
            // A toolchain that is not there is an error, and nothing to download.
            .env("RUSTUP_AUTO_INSTALL", "0")
            // Small and quick functions take twice as long to build, and how small they are is in the benchmarks.
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"));
        run(self
            .sam()
            .args(["deploy", "--stack-name", "oamecs", "--no-confirm-changeset", "--no-progressbar", "--config-file"])
            .arg(repository().join("samconfig.toml"))
            .arg("--template-file")
            .arg(build.join("template.yaml")));
    }

    fn uninstall(&self) {
        run(self.sam().args(["delete", "--stack-name", "oamecs", "--no-prompts", "--region", "us-east-1"]));
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the report of the cases is the result of this test")]
fn stacks_live_and_die_through_the_installation() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("deploy-{}", process::id()));
    fs::create_dir_all(&directory).unwrap();
    // Where nothing is installed yet, both environments are made at once.
    let installing = thread::spawn(Tools::sam);
    let cloud = Cloud::start(&directory);
    installing.join().unwrap();
    cloud.install();

    let mut cases = Tools::get().script("deploy/run.py");
    let examples = env::var_os("OAMECS_DEPLOY_EXAMPLES").map_or_else(|| repository().join("examples"), PathBuf::from);
    cases.arg(&cloud.endpoint).arg(examples);
    cases.args(env::var("OAMECS_DEPLOY_CASES").unwrap_or_default().split_whitespace());
    let output = cases.output().unwrap();
    let report = [output.stdout, output.stderr].concat();
    println!("{}", String::from_utf8_lossy(&report));
    assert!(output.status.success(), "a case failed; the log of the local AWS: {}", directory.join("log").display());

    cloud.uninstall();
    drop(cloud);
    fs::remove_dir_all(&directory).unwrap();
}
