//! The native tool: see `edgewarden::cli`.

fn main() -> std::process::ExitCode {
    edgewarden::cli::run()
}
