#!/bin/sh
# Run once as root within the image, after its packages are installed.
set -eu

groupadd --gid 1000 user
useradd --uid 1000 --gid 1000 --create-home --shell /bin/bash user

# X servers of other users refuse a directory for sockets that is not the superuser's.
install -d -m 1777 /tmp/.X11-unix

# Nothing in the image may gain rights: containers run with no-new-privileges anyway, and a file that
# promises more than it can do only confuses.
find / -xdev -type f -perm /6000 -exec chmod ug-s {} +

rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /usr/share/man/* /usr/share/info/* \
  /usr/share/lintian /usr/share/bug
find /usr/share/doc -mindepth 1 -type f ! -name copyright -delete
find /usr/share/locale -mindepth 1 -maxdepth 1 ! -name 'en*' ! -name locale.alias -exec rm -rf {} +
# Chromium speaks the language of its texts; English is the one of the image.
find /usr/share/chromium/locales /usr/lib/chromium/locales -type f ! -name 'en-*' -delete 2>/dev/null || true
