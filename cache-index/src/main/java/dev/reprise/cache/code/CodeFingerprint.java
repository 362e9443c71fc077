package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The identity of a task's code, with the parts it was made of, so that a difference can be named.
 *
 * @param mode how it was made
 * @param digest over mode and parts
 * @param parts what was digested, such as {@code com.acme.Delays#late(int)boolean} or {@code
 *     package org.apache.commons.math3.stat}, each with its own digest; ascending by name
 * @param caveats what the analysis could not see, such as reflection, each a sentence for people;
 *     not part of the digest
 */
public record CodeFingerprint(
    Mode mode, Fingerprint digest, SortedMap<String, Fingerprint> parts, List<String> caveats) {
  /** What the name of a part begins with that is a package of a library. */
  static final String PACKAGE = "package ";

  /** What the name of a part begins with that is a class-path resource. */
  static final String RESOURCE = "resource ";

  private static final String CONSTRUCTOR = "#<init>(";

  /** How the code of a task is identified. */
  public enum Mode {
    /** By the user's version string alone. */
    MANUAL,
    /** By the bytecode of the task's own method. */
    BODY,
    /** By all user code that can be reached from it; the default. */
    CLOSURE
  }

  public CodeFingerprint {
    parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    caveats = List.copyOf(caveats);
  }

  /**
   * The packages of libraries among parts that a fingerprint has, such as {@code com.acme.text}.
   */
  public static Set<String> libraries(Collection<String> parts) {
    return after(PACKAGE, parts);
  }

  /**
   * The paths of class-path resources among parts that a fingerprint has, such as {@code
   * com/acme/words.txt}; the class path need not have one there.
   */
  public static Set<String> resources(Collection<String> parts) {
    return after(RESOURCE, parts);
  }

  /**
   * The classes of which objects are made, as far as constructors are among the parts; not the
   * anonymous and local ones, whose code is in the parts of those who make them.
   */
  public static Set<String> created(Collection<String> parts) {
    return parts.stream()
        .filter(part -> part.contains(CONSTRUCTOR) && !part.contains(" "))
        .map(part -> part.substring(0, part.indexOf(CONSTRUCTOR)))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Set<String> after(String kind, Collection<String> parts) {
    return parts.stream()
        .filter(part -> part.startsWith(kind))
        .map(part -> part.substring(kind.length()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns the fingerprint over {@code parts}. */
  public static CodeFingerprint of(
      Mode mode, SortedMap<String, Fingerprint> parts, List<String> caveats) {
    Hasher hasher = Hasher.of("reprise/code").putString(mode.name()).putLong(parts.size());
    parts.forEach((name, digest) -> hasher.putString(name).putFingerprint(digest));
    return new CodeFingerprint(mode, hasher.finish(), parts, caveats);
  }
}
