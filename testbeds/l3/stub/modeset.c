// SPDX-License-Identifier: MIT
#define OWN modeset
#define USES core
#include "member.h"
