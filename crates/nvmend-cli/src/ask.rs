//! `nvmend __ask nvml|cuda PATH`: asks one of the driver's libraries, for `check --deep`. Not for people: it is started by
//! nvmend itself, which ends it when the library hangs, and lives on when the library crashes.
//!
//! The answer is a [`LibraryOutcome`] in JSON, on a line of its own.

use std::error::Error;
use std::ffi::{CStr, OsString, c_char, c_int, c_uint};
use std::mem::ManuallyDrop;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use libloading::{Library, Symbol};
use nvmend::facts::{AskedLibrary, LibraryOutcome};
use rustix::process::{Resource, Rlimit, geteuid, setrlimit};

/// Nobody may be left to end this process: it ends by itself.
const LONGEST: Duration = Duration::from_secs(60);

/// Asks, and writes the answer.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let [word, path] = arguments else { return ExitCode::from(2) };
    let Some(library) = AskedLibrary::ALL.into_iter().find(|library| *word == *library.word())
    else {
        return ExitCode::from(2);
    };
    std::thread::spawn(|| {
        std::thread::sleep(LONGEST);
        std::process::exit(1);
    });
    // A library that crashes shall leave no core file behind.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let outcome =
        ask(library, Path::new(path)).unwrap_or_else(|why| LibraryOutcome::CannotLoad { why });
    let text = serde_json::to_string(&outcome).unwrap_or_default();
    crate::ui::Ui::plain().print(format!("\n{text}\n"));
    ExitCode::SUCCESS
}

fn ask(library: AskedLibrary, path: &Path) -> Result<LibraryOutcome, String> {
    let path = &trusted(path)?;
    // Never unloaded: the answer is written before the library's own clean-up, which could crash or hang yet.
    let loaded = ManuallyDrop::new(load(path)?);
    match library {
        AskedLibrary::Nvml => nvml(&loaded),
        AskedLibrary::Cuda => cuda(&loaded),
    }
}

/// The library's true path. What root loads runs with all rights: only what nobody but root can change.
fn trusted(path: &Path) -> Result<PathBuf, String> {
    let path = path.canonicalize().map_err(|error| error.to_string())?;
    if !geteuid().is_root() {
        return Ok(path);
    }
    for part in path.ancestors() {
        let metadata = part.metadata().map_err(|error| error.to_string())?;
        let by_group = metadata.mode() & 0o020 != 0 && metadata.gid() != 0;
        if metadata.uid() != 0 || by_group || metadata.mode() & 0o002 != 0 {
            let part = part.display();
            return Err(format!("not loaded as root, since others than root can change {part}"));
        }
    }
    Ok(path)
}

#[allow(unsafe_code, reason = "there is no other way to load a library")]
fn load(path: &Path) -> Result<Library, String> {
    // SAFETY: the library's constructors run code that nobody can vouch for; that is why this is a process of its own,
    // which does nothing else.
    unsafe { Library::new(path) }.map_err(|error| words(&error))
}

#[allow(unsafe_code, reason = "see `load`")]
fn function<'l, T>(library: &'l Library, name: &str) -> Result<Symbol<'l, T>, String> {
    // SAFETY: each caller names a function with the type that NVIDIA's headers (nvml.h, cuda.h) declare for it.
    unsafe { library.get(name.as_bytes()) }.map_err(|error| words(&error))
}

/// The loader's own words.
fn words(error: &libloading::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// `nvmlReturn_t name(char *text, unsigned int length)`.
type TextFunction = unsafe extern "C" fn(*mut c_char, c_uint) -> c_int;

#[allow(unsafe_code, reason = "calls functions of a C library")]
fn nvml(library: &Library) -> Result<LibraryOutcome, String> {
    type Init = unsafe extern "C" fn() -> c_int;
    type ErrorString = unsafe extern "C" fn(c_int) -> *const c_char;
    let init = function::<Init>(library, "nvmlInit_v2")
        .or_else(|_| function::<Init>(library, "nvmlInit"))?;
    // SAFETY: takes nothing, and may be called first.
    let code = unsafe { init() };
    let text = function::<ErrorString>(library, "nvmlErrorString").ok().and_then(|words| {
        // SAFETY: any code is allowed; the answer is a constant of the library, or null.
        unsafe { text_at(words(code)) }
    });
    let ask = |name: &str| {
        let function = function::<TextFunction>(library, name).ok()?;
        let mut buffer: [c_char; 128] = [0; 128];
        // SAFETY: it writes at most 127 bytes and a zero into a buffer of 128.
        let code = unsafe { function(buffer.as_mut_ptr(), 127) };
        // SAFETY: the last byte is zero, whatever was written.
        if code == 0 { unsafe { text_at(buffer.as_ptr()) } } else { None }
    };
    // Asked without success too: the library knows its own version all the same.
    Ok(LibraryOutcome::Answered {
        code,
        text,
        driver_version: ask("nvmlSystemGetDriverVersion"),
        library_version: ask("nvmlSystemGetNVMLVersion"),
    })
}

#[allow(unsafe_code, reason = "calls functions of a C library")]
fn cuda(library: &Library) -> Result<LibraryOutcome, String> {
    type Init = unsafe extern "C" fn(c_uint) -> c_int;
    type ErrorString = unsafe extern "C" fn(c_int, *mut *const c_char) -> c_int;
    type DriverVersion = unsafe extern "C" fn(*mut c_int) -> c_int;
    let init = function::<Init>(library, "cuInit")?;
    // SAFETY: 0 is the one value that it takes.
    let code = unsafe { init(0) };
    let text = function::<ErrorString>(library, "cuGetErrorString").ok().and_then(|words| {
        let mut text: *const c_char = std::ptr::null();
        // SAFETY: it sets the pointer to a constant of the library, or to null.
        unsafe {
            words(code, &raw mut text);
            text_at(text)
        }
    });
    let version = function::<DriverVersion>(library, "cuDriverGetVersion").ok().and_then(|ask| {
        let mut version = 0;
        // SAFETY: it writes one int; `cuInit` need not have succeeded.
        let code = unsafe { ask(&raw mut version) };
        // 1000 × major + 10 × minor (cuda.h).
        (code == 0).then(|| format!("{}.{}", version / 1000, version % 1000 / 10))
    });
    Ok(LibraryOutcome::Answered { code, text, driver_version: None, library_version: version })
}

/// The text that a C library points to, if it points to any.
///
/// # Safety
/// `text` is null or leads to bytes that end with a zero.
#[allow(unsafe_code, reason = "reads a C string")]
unsafe fn text_at(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as the caller promises.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
