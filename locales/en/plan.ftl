# Words of plans and runs. Used by crates/nvmend/src/reports/plan.rs and reports/run.rs.

## Why a remedy cannot be used (every Hindrance::new("…") of the code), as a sentence that goes after “cannot be used: ”. Sorted.

# $path, $why
file-unreadable = { $path } cannot be read ({ $why })
# $jobs: a list
gpu-jobs-run = these programs use a GPU: { $jobs }; with --allow gpu-jobs-stop they would be ended
# $count
holders-hidden = not all processes that use a GPU can be seen ({ $count } hidden); run it as root
# $origin
line-not-in-a-file = the line stands in no file that can be edited ({ $origin })
# $manager, $origin
managed-elsewhere = { $manager } manages this machine's driver ({ $origin })
next-kernel-unknown = which kernel boots next is not known
no-image = there is no initramfs of this kernel that the distribution's program writes
no-line = no line of configuration keeps the module from loading
no-module-on-disk = there is no module on disk for the running kernel
no-simulation = the package manager cannot be asked here
not-a-host = this is no running machine that loads its own modules
nothing-loaded = no module is loaded
nothing-to-move = every file that is in the way belongs to a package
wanted-version-unknown = which version should stay is not known
