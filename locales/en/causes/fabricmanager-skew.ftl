name = Fabric manager of another version
title = Fabric manager is { $manager }, the driver { $driver }
explanation = The GPUs of this system are connected by NVSwitch, and the fabric manager that sets it up is of version { $manager }. It refuses to work with the loaded module { $driver }: until both are equal, CUDA programs fail with error 802, although nvidia-smi works.
claim-fabric-refusal = The fabric manager refused the driver's version
claim-nvswitches = NVSwitch chips
what = On HGX and DGX systems with NVSwitch, CUDA needs the fabric manager service, and the service needs the driver of exactly its own version, to the last number. Otherwise CUDA reports "system not yet initialized" (802).
why = The driver was upgraded and the fabric manager, a package of its own, was not: it was held, comes from another repository, or no package of that version exists there. Or the driver was changed several times by hand.
see =
    systemctl status nvidia-fabricmanager
    tail /var/log/fabricmanager.log
    cat /proc/driver/nvidia/version
    nv-fabricmanager --version
    dpkg -l | grep fabricmanager
    rpm -qa | grep -i fabric
helps =
    Install the fabric manager of the driver's version, and restart it:
    Debian, Ubuntu: apt install nvidia-fabricmanager-SERIES=VERSION
    Fedora, RHEL: dnf install nvidia-fabric-manager-VERSION
    systemctl restart nvidia-fabricmanager
    If the repository does not have that version, bring the driver to one that it has for both.
    From then on upgrade both in one transaction.
avoid = Do not upgrade the driver alone on such a system. Do not disable the service: without it no CUDA program starts.
