name = Snap has other driver libraries
title = { $what ->
        [process] Snap program { $name } uses driver libraries { $version }, module { $loaded }
       *[files] snapd holds driver libraries { $version }, module { $loaded }
    }
explanation = { $what ->
        [process] { $name } runs from a snap and has libraries of version { $version } mapped; the loaded module is { $loaded } and turns new connections of it away.
       *[files] In snapd's directory for driver libraries lie files of version { $version }, and none of the loaded module's version { $loaded }. Whether a snap uses them cannot be seen from outside.
    } Programs outside of snaps are not affected.
claim-snap-library = Driver library in snapd's directory
what = snapd shows each snap the system's NVIDIA libraries under /var/lib/snapd/lib, those of the loaded module's version. A snap that has been running since before an upgrade, or files that stay there, are of another version.
why = The snap was not restarted after the driver had been upgraded and reloaded, and keeps its old mounts; or graphics content was put there for an older driver.
see =
    snap list
    ls -l /var/lib/snapd/lib/gl
    snap run --shell SNAP -c 'ls /var/lib/snapd/lib/gl'
    cat /sys/module/nvidia/version
helps =
    Quit the snap's program, also in the background, and start it again.
    If it keeps the old files, drop its kept mounts while it is not running:
    /usr/lib/snapd/snap-discard-ns SNAP
    snap refresh
avoid = Do not copy libraries into /var/lib/snapd. Do not purge snapd: that takes the snaps' data along.
