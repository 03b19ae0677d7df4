dnl PW_LIB(NAME, LIB, FUNCTION, HEADER, DEBIAN-PACKAGE)
dnl A library without a pkg-config file; sets NAME_LIBS.
AC_DEFUN([PW_LIB], [
  AC_CHECK_LIB([$2], [$3], [AC_SUBST([$1_LIBS], [-l$2])],
    [AC_MSG_ERROR([lib$2 is missing (Debian: $5)])])
  AC_CHECK_HEADER([$4], [],
    [AC_MSG_ERROR([$4 is missing (Debian: $5)])])
])

dnl PW_TRY(VARIABLE, FLAG...): append those flags the compiler takes.
AC_DEFUN([PW_TRY], [
  for pw_flag in $2; do
    AC_MSG_CHECKING([whether $CC takes $pw_flag])
    pw_saved=$CFLAGS
    CFLAGS="$CFLAGS -Werror $pw_flag"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes]); $1="$$1 $pw_flag"], [AC_MSG_RESULT([no])])
    CFLAGS=$pw_saved
  done
])

dnl PW_FLAGS: PW_CFLAGS and PW_LDFLAGS, for warnings, hardening, sanitizers.
AC_DEFUN([PW_FLAGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [make warnings errors])],
    [], [enable_werror=no])
  AC_ARG_ENABLE([asan],
    [AS_HELP_STRING([--enable-asan],
      [build with AddressSanitizer and UndefinedBehaviorSanitizer])],
    [], [enable_asan=no])
  AC_ARG_ENABLE([analyzer],
    [AS_HELP_STRING([--enable-analyzer], [build with gcc -fanalyzer])],
    [], [enable_analyzer=no])

  PW_CFLAGS=-std=c17
  PW_LDFLAGS=
  PW_TRY([PW_CFLAGS], [-Wall -Wextra -Wconversion -Wshadow -Wpointer-arith \
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wundef \
    -Wvla -Wwrite-strings -Wcast-qual -Wformat=2 -Wimplicit-fallthrough \
    -Wnull-dereference -Wlogical-op -Wduplicated-cond])
  PW_TRY([PW_CFLAGS], [-fno-strict-aliasing -fno-common -fPIE \
    -fstack-protector-strong -fstack-clash-protection -fcf-protection])
  PW_TRY([PW_LDFLAGS], [-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack \
    -Wl,--as-needed])

  AS_IF([test "$enable_asan" = yes], [
    PW_TRY([PW_CFLAGS], [-fsanitize=address,undefined \
      -fno-sanitize-recover=all -fno-omit-frame-pointer])
    PW_LDFLAGS="$PW_LDFLAGS -fsanitize=address,undefined"
    AC_DEFINE([WITH_ASAN], [1], [Built with AddressSanitizer.])
  ], [
    dnl Fortification needs optimisation and hides faults from ASan.
    AS_CASE([" $CFLAGS "], [*" -O0 "*], [],
      [PW_CFLAGS="$PW_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])
  ])
  AS_IF([test "$enable_analyzer" = yes],
    [PW_TRY([PW_CFLAGS], [-fanalyzer])])
  AS_IF([test "$enable_werror" = yes], [PW_CFLAGS="$PW_CFLAGS -Werror"])
  AC_SUBST([PW_CFLAGS])
  AC_SUBST([PW_LDFLAGS])
  AM_CONDITIONAL([ASAN], [test "$enable_asan" = yes])
])
