package dev.reprise.cache.code;

/**
 * Puts classes into zones, as seen from one task. Own code is what shares the first two segments of
 * the package of the task's class, or all of them if there are fewer. Depends on names alone, since
 * the same code must have the same identity however it is packaged.
 *
 * @param jdk decides first
 * @param platform decides next, except for the task's own class and those nested in it
 * @param root the top-level class of the task, internal name
 * @param prefix what names of own classes start with; empty if they are in the unnamed package
 */
record Zones(JdkClasses jdk, PlatformPackages platform, String root, String prefix) {
  static Zones around(String rootClass, JdkClasses jdk, PlatformPackages platform) {
    return new Zones(jdk, platform, Names.topLevel(rootClass), ownPrefix(rootClass));
  }

  private static String ownPrefix(String rootClass) {
    String folder = Names.folder(rootClass);
    int first = folder.indexOf('/');
    int second = folder.indexOf('/', first + 1);
    return second < 0 ? folder : folder.substring(0, second + 1);
  }

  Zone of(String className) {
    if (jdk.contains(className)) {
      return Zone.PLATFORM;
    }
    if (Names.topLevel(className).equals(root)) {
      return Zone.OWN;
    }
    if (platform.contains(Names.binary(className))) {
      return Zone.PLATFORM;
    }
    boolean own = prefix.isEmpty() ? className.indexOf('/') < 0 : className.startsWith(prefix);
    return own ? Zone.OWN : Zone.LIBRARY;
  }

  boolean isOwn(String className) {
    return of(className) == Zone.OWN;
  }
}
