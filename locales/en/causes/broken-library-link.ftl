name = Broken library link
# $library. The value is the file, or "none".
claim-cache-entry = The loader's cache leads { $library } to
# $library. The value is the file.
claim-after-ldconfig = After ldconfig, { $library } would lead to
# No arguments. The value is the version of the file.
claim-file-beside = In the same directory lies
title = { $fault ->
        [gone] { $library } leads to nothing
        [cache] Stale loader cache: { $library } is not found where it is
        [beside] { $library } leads past the right file
       *[differs] { $library } and { $other_library } lead to different versions
    }
explanation = { $fault ->
        [gone] Programs ask for { $library }; the name leads to { $target }, version { $version }, and that file is not there.
        [cache] { $target } is of version { $version } and lies in a directory that the loader is told of, but /etc/ld.so.cache was made before it came: programs that ask for { $library } get { $other_version ->
                [none] nothing.
               *[other] version { $other_version }.
            }
        [beside] { $library } leads to { $target } (version { $version }), although { $other_library }, which fits the module, lies in the same directory.
       *[differs] { $library } leads to { $target } (version { $version }), but { $other_library } is of version { $other_version }. One of them does not fit the module.
    } The links, or the loader's cache, are not those of the installed driver.
what = Programs find the driver's libraries by names such as libcuda.so.1 (some by libcuda.so or libnvidia-ml.so), which are links. One of these links points to a file that is gone, or to another driver version than its neighbours; or the loader's cache (/etc/ld.so.cache) is older than the files and does not have them.
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
