name = CUDA newer than the driver
title = CUDA { $cuda } needs a newer driver than { $driver }
explanation = The CUDA { $kind ->
        [toolkit] toolkit
        [conda] runtime of a conda environment
       *[wheel] runtime of a Python package
    } in { $path } is of version { $cuda }. { $needs ->
        [none] Driver { $driver } does not serve it.
       *[other] It needs driver { $needs } or newer; here it is { $driver }.
    } { $highest ->
        [none] { "" }
       *[other] That driver goes up to CUDA { $highest }.
    }
what = A CUDA toolkit or runtime is newer than the driver can serve. Programs report "CUDA driver version is insufficient for CUDA runtime version" (error 35). Driver and module are fine.
why = The toolkit was installed by itself, in a newer version than the driver's. Note that nvidia-smi shows the newest CUDA of the driver, not the installed toolkit; nvcc --version shows the toolkit.
see =
    nvidia-smi
    nvcc --version
    ls -d /usr/local/cuda*
    echo $PATH $LD_LIBRARY_PATH
    cat /proc/driver/nvidia/version
helps =
    One of these, the first where possible:
    Upgrade the driver, by the way it was installed, and reboot:
    Ubuntu: ubuntu-drivers install
    Debian: apt install nvidia-driver, from backports if needed
    Fedora, RHEL: dnf upgrade '*nvidia*'
    Or install and choose a toolkit that the driver serves, beside the present one:
    export PATH=/usr/local/cuda-12.2/bin:$PATH, with the version that nvidia-smi shows
    Or, on data-centre GPUs only, install cuda-compat of the toolkit's version and put its directory first in LD_LIBRARY_PATH.
    Back up the list of installed packages before you change the driver.
avoid = Do not install the meta-package cuda for a toolkit: it brings a driver too. cuda-compat does not work on GeForce (error 804).
