# Claims of evidence that several causes share. A cause's own claims stand in its own file (causes/<id>.ftl).
#
# A claim says what was read; the value and where it was read are shown beside it, so it is a short noun phrase or
# sentence without a full stop and without the value: "Loaded nvidia module: 535.129.03 (/sys/module/nvidia/version)".
# { $value } is there for the few that read better with it, but is shown anyway.

# $module: nvidia, nvidia_modeset, …
claim-loaded-version = Loaded { $module } module
# No arguments. For a module that is not loaded; the value says so ("not loaded").
claim-not-loaded = Loaded nvidia module
# $module, $kernel: release of the kernel
claim-disk-version = { $module } module on disk for kernel { $kernel }
# $module, $kernel. The source is the image and the path inside it.
claim-initramfs-version = { $module } module in the initramfs of kernel { $kernel }
# $library: name that programs ask for, for example libcuda.so.1
claim-library-version = { $library } as a plain program gets it
# No arguments. For libraries that were not seen themselves: a program got an answer from the module through them.
claim-libraries-accepted = Driver libraries that the module answers to
# No arguments. The value is "?" where the version is not told, and may lack its last part.
claim-libraries-refused = Driver libraries that the module turned away
# No arguments.
claim-libraries-installed-with = Version in the name of a file that is installed with the driver libraries
# No arguments. The source is the installer's log.
claim-libraries-installed = Driver libraries that NVIDIA's installer put in place
# $library
claim-environment-library-version = { $library } in this environment
# $library, $arch
claim-foreign-library-version = { $library } for { $arch } programs
# $package
claim-package-version = Package { $package }
# $package. The value is the package manager's word, for example half-configured.
claim-package-state = State of package { $package }
# $package. The value is the repository, vendor or version suffix.
claim-package-origin = Origin of package { $package }
# $package
claim-package-held = Package { $package } is held back
# No arguments. The value is the release.
claim-kernel-running = Running kernel
# No arguments.
claim-kernel-next = Kernel of the next boot
# $kernel. The value is what was looked for or the directory.
claim-kernel-without-module = No nvidia module for kernel { $kernel }
# $kernel. The value is what was looked for or the directory.
claim-kernel-with-module = Kernel { $kernel } has an nvidia module
# $kernel
claim-headers-missing = No headers to build modules for kernel { $kernel }
# $builder: DKMS or akmods; $kernel. The value is the first error.
claim-build-failed = { $builder } could not build the module for kernel { $kernel }
# $builder. The value is the version that the builder knows.
claim-build-known = { $builder } has the sources of driver version
# $builder, $kernel. The value is the version that was built.
claim-build-done = { $builder } built the module for kernel { $kernel }
# No arguments. The value is the file.
claim-file-unowned = No package owns this file
# $package. The value is the file.
claim-file-owner = File of package { $package }
# No arguments. The value is the file.
claim-file-missing = This file is gone
# No arguments. The value is the file.
claim-file-empty = This file is empty (0 bytes)
# No arguments. The value is the file.
claim-file-damaged = This file is damaged
# No arguments. The value is what the link points to.
claim-link-target = This link leads to
# $name: the variable. The value is its value.
claim-variable-set = { $name } is set
# $name: the variable, $unit: the service. The value is the variable's.
claim-unit-variable = { $name } is set for { $unit }
# No arguments. The value is the line.
claim-config-line = Configuration line
# No arguments. The value is the line.
claim-log-line = The kernel said
# $address: PCI address. The value is the name or id.
claim-gpu = GPU at { $address }
# $address. The value is the driver bound to it.
claim-gpu-driver = Driver bound to the GPU at { $address }
# No arguments.
claim-no-gpu = No NVIDIA GPU on the PCI bus
# No arguments. The value says "on" or names the mode.
claim-secure-boot = Secure Boot
# No arguments. The value is the kernel's own word.
claim-lockdown = Kernel lockdown
# $kernel. The value is the module file.
claim-module-unsigned = Module for kernel { $kernel } is not signed
# No arguments. The value is the signer.
claim-module-signer = The module is signed by
# No arguments. The value is the vermagic or the kernel that the module was built for.
claim-module-built-for = The module was built for
# No arguments. The value is "open" or "proprietary".
claim-flavour = Kind of kernel module
# $name: what sort of CUDA installation, for example toolkit or conda. The value is the version.
claim-cuda-version = CUDA version ({ $name })
# No arguments. The value is the version.
claim-cuda-needed-driver = Oldest driver for that CUDA version
# No arguments. The value is the newest CUDA version.
claim-cuda-supported = Newest CUDA version of this driver
# No arguments. The value is container, wsl, chroot, …
claim-environment-kind = This system is a
# No arguments. The value is what was looked for.
claim-no-libraries = No driver libraries found
# No arguments. The value is what was looked for.
claim-no-packages = No driver packages installed
# No arguments. The value is the version, where it is known.
claim-runfile-installed = Driver installed by NVIDIA's .run file
# $pid, $name. The value is the library or the version.
claim-process-libraries = Process { $name } ({ $pid }) maps driver libraries
# $pid, $name. The value is the devices.
claim-process-devices = Process { $name } ({ $pid }) has the GPU open
# No arguments. The value is the device file.
claim-device-node = Device file of the driver
# $code: number, $name: of the code in NVIDIA's header. The value is the library's own words.
claim-nvml-says = NVML itself, when it is asked ({ $name }, code { $code })
# $code, $name
claim-cuda-says = The CUDA driver library itself, when it is asked ({ $name }, code { $code })
