//! The workflows use profiles and inputs that exist, pinned tools, and no secret where foreign
//! code is compiled. CI runs some of them only when it is too late to see that they are broken.

use std::fs;
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn workflows() -> Vec<(String, String)> {
    let files = fs::read_dir(Path::new(ROOT).join(".github/workflows")).unwrap();
    let read = |path: &Path| fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let files = files.map(|file| file.unwrap().path());
    let all: Vec<_> = files
        .map(|path| (path.display().to_string(), read(&path)))
        .collect();
    assert!(all.len() > 3);
    all
}

/// Two workflows built the suite in a profile that had been removed.
#[test]
fn profiles_exist() {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    for (file, text) in workflows() {
        let commands = text.lines().filter(|line| line.contains("cargo "));
        for command in commands.flat_map(|line| line.split("--profile ").skip(1)) {
            let profile = command.split_whitespace().next().unwrap();
            let is_known = ["dev", "release", "test", "bench"].contains(&profile)
                || manifest.contains(&format!("[profile.{profile}]"));
            assert!(is_known, "{file}: {profile}");
        }
    }
}

#[test]
fn actions_and_tools_are_pinned() {
    for (file, text) in workflows() {
        let steps = text.lines().map(|line| line.trim_start_matches([' ', '-']));
        for action in steps.filter(|line| line.starts_with("uses: ")) {
            let commit = action.split(['@', ' ']).nth(2).unwrap();
            let is_commit = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(is_commit, "{file}: {action}");
        }
        for line in text.lines().filter(|line| line.contains("cargo install")) {
            let is_pinned = line.contains("--version") && line.contains("--locked");
            assert!(is_pinned, "{file}: {line}");
        }
    }
}

/// Build scripts and procedural macros see the environment of the step that compiles them.
#[test]
fn no_step_with_a_key_compiles() {
    for (file, text) in workflows() {
        for step in text.split("\n      - ") {
            let run = step.split("run:").nth(1).unwrap_or_default();
            let compiles = run.contains("cargo ") && !run.contains("--no-verify");
            let has_key = ["BVNK_HAWK_KEY: ", "CARGO_REGISTRY_TOKEN: "]
                .iter()
                .any(|key| step.contains(key));
            assert!(!(has_key && compiles), "{file}: {run}");
        }
    }
}

/// The block that another repository copies passes each input that has no default.
#[test]
fn the_readme_passes_what_the_reusable_workflow_requires() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let block = readme
        .split("```")
        .find(|block| block.contains("conformance.yml@"))
        .unwrap();
    let workflow = Path::new(ROOT).join(".github/workflows/conformance.yml");
    let workflow = fs::read_to_string(workflow).unwrap();
    let (declared, _) = workflow.split_once("\npermissions:").unwrap();
    let mut name = "";
    let mut found = 0;
    for line in declared.lines() {
        if line.starts_with("      ") && !line.starts_with("       ") {
            name = line.trim();
        }
        if line.trim() == "required: true" {
            found += 1;
            assert!(block.contains(&format!("      {name} ")), "{name}");
        }
    }
    assert!(found > 2);
}
