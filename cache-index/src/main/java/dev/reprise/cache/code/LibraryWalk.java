package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds the packages of libraries that a task may reach. The unit is the package: libraries call by
 * reflection what no call shows, mostly close by; and a package mostly lies whole in one jar, fat
 * or thin, so that the packaging of a program does not count. Of a package that lies in several,
 * each part counts of which a class is named.
 */
final class LibraryWalk {
  private final LibraryFiles files;
  private final Zones zones;
  private final Map<String, Boolean> reached = new HashMap<>();
  private final Deque<String> named = new ArrayDeque<>();
  private final SortedMap<String, List<PackageContent>> packages = new TreeMap<>();

  LibraryWalk(LibraryFiles files, Zones zones) {
    this.files = files;
    this.zones = zones;
  }

  /** Reaches the package of a class; false if there is no such class. */
  boolean reach(String className) {
    Boolean known = reached.get(className);
    if (known == null) {
      known = find(className);
      reached.put(className, known);
    }
    return known;
  }

  private boolean find(String className) {
    List<PackageContent> here =
        packages.computeIfAbsent(Names.folder(className), each -> new ArrayList<>());
    if (here.stream().anyMatch(each -> each.classes().containsKey(className))) {
      return true;
    }
    try {
      PackageContent content = files.around(className);
      if (content == null) {
        return false;
      }
      here.add(content);
      named.addAll(content.references());
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Follows what library code names, until no package is new.
   *
   * @return own classes that it names, internal names
   */
  Set<String> follow() {
    Set<String> own = new LinkedHashSet<>();
    for (String next = named.poll(); next != null; next = named.poll()) {
      switch (zones.of(next)) {
        case LIBRARY -> reach(next);
        case OWN -> own.add(next);
        case PLATFORM -> {}
      }
    }
    return own;
  }

  /** Whether there are names that {@link #follow} has not looked at. */
  boolean isOpen() {
    return !named.isEmpty();
  }

  /** Adds what was reached to a closure. */
  void addTo(ClosureParts closure) {
    packages.forEach(
        (folder, contents) -> {
          closure.consult(folder);
          if (!contents.isEmpty()) {
            closure.addPackage(folder, digest(contents));
          }
          if (contents.stream().anyMatch(PackageContent::loadsNative)) {
            closure.hide(Blind.NATIVE, ClosureParts.packageName(folder) + " loads native code");
          }
        });
  }

  /** Digests the classes; equal whether they lie in one root or in several. */
  private static Fingerprint digest(List<PackageContent> contents) {
    Map<String, Fingerprint> classes = new TreeMap<>();
    for (PackageContent each : contents) {
      classes.putAll(each.classes()); // no class is in two: each is loaded from one root
    }
    Hasher hasher = Hasher.of("reprise/code/package").putLong(classes.size());
    classes.forEach((name, digest) -> hasher.putString(name).putFingerprint(digest));
    return hasher.finish();
  }
}
