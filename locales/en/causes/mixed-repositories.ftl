name = Driver from different repositories
title = Driver packages from { $first_origin } and from { $second_origin }
explanation = Package { $first } comes from { $first_origin } and package { $second } from { $second_origin }, at different versions. Each of these sources keeps its own packages in step, but not with the other's.
what = Parts of the driver come from different package sources: the distribution's archive, a PPA, backports, NVIDIA's own repository, RPM Fusion. They split the driver differently and upgrade at different times, so that its parts end up at different versions.
why = A second repository was added (often NVIDIA's, for CUDA) while the driver had come from the distribution; or one package was fetched from backports to repair something.
see =
    apt-cache policy nvidia-driver libcuda1 libnvidia-compute-535
    dpkg -l | grep -i nvidia
    ls /etc/apt/sources.list.d /etc/yum.repos.d
    dnf list --installed '*nvidia*'
helps =
    Note the installed packages first, and decide on one source for the whole driver. NVIDIA's repository can still serve the CUDA toolkit alone.
    Pin the driver to that source, then bring all driver packages to one version in one transaction:
    Debian, Ubuntu: a file in /etc/apt/preferences.d that gives the other source's nvidia packages a negative priority, then apt update and apt install with all driver packages at the same version
    Fedora, RHEL: excludepkgs=*nvidia* in the other repository, then dnf distro-sync '*nvidia*'
    Reload the modules or reboot at the end.
avoid = Do not fetch the missing half from a third source. Do not purge everything by pattern: the meta-packages of the two sources have different names.
