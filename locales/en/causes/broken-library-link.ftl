name = Broken library link
title = { $other_library ->
        [none] { $library } leads to nothing
       *[other] { $library } and { $other_library } lead to different versions
    }
explanation = { $other_library ->
        [none] Programs ask for { $library }; the name leads to { $target }, version { $version }, and that file is not there.
       *[other] { $library } leads to { $target } (version { $version }), but { $other_library } is of version { $other_version }. One of them does not fit the module.
    } The links, or the loader's cache, are not those of the installed driver.
what = Programs find the driver's libraries by names such as libcuda.so.1, which are links. One of these links points to a file that is gone, or to another driver version than its neighbours.
why = An installation was interrupted, an uninstaller restored old links, files were deleted by hand, or ldconfig did not run afterwards.
see =
    ldconfig -p | grep -E 'libcuda.so|libnvidia-ml.so'
    ls -l /usr/lib/x86_64-linux-gnu/libcuda.so* /usr/lib/x86_64-linux-gnu/libnvidia-ml.so*
    ls -l /usr/lib64/libcuda.so* /usr/lib64/libnvidia-ml.so*
    ls -l /etc/alternatives/ | grep nvidia
    dpkg -V libcuda1
helps =
    Let ldconfig make the links anew:
    ldconfig
    Debian: update-alternatives --auto nvidia
    If files are missing, reinstall the packages that own them:
    Debian, Ubuntu: apt install --reinstall, with the package of libcuda and libnvidia-ml
    Fedora, RHEL: dnf reinstall '*nvidia*libs*'
    Driver from a .run file: run it again
avoid = Do not link libcuda.so.1 by hand to a library of another version: the module will turn it away. Note where a link pointed before you change it.
