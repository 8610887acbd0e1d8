name = Two driver series installed
title = Two driver series installed: { $first } and { $second }
explanation = Packages of two driver series are installed side by side: { $first_package } ({ $first }) and { $second_package } ({ $second }). The module has to come from the same series as the libraries that programs get; links such as those in /etc/alternatives decide which libraries these are.
what = Packages of two series of the driver (for example 470 and 535, or tesla and not) are installed at once. Each series has its own module and its own libraries, and mixing them does not work.
why = An older series was left when a newer one came, a dependency pulled in the other series, or Debian's alternatives were set by hand and no longer follow the installed driver.
see =
    dpkg -l | grep -i nvidia
    update-alternatives --display nvidia
    ls -l /etc/alternatives/ | grep nvidia
    modinfo -F version nvidia
    ldconfig -p | grep -E 'libcuda.so.1|libnvidia-ml.so.1'
helps =
    Choose the series that supports your GPU, and note the installed packages in a file.
    Debian: update-glx --config nvidia, or update-alternatives --auto nvidia
    Then purge the other series by its exact package names:
    Debian, Ubuntu: apt purge, with the names as dpkg -l shows them
    Fedora, RHEL: dnf remove, with the names as rpm -qa shows them
    ldconfig
    Check nvidia-smi; reload the module or reboot if the module changes.
avoid = Do not purge by patterns such as nvidia*, and do not run autoremove afterwards without reading its list: both have taken the libraries of the series that was to stay.
