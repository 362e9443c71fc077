package dev.reprise.cache.code;

import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.objectweb.asm.tree.FieldNode;

/** What a walk found, under the names by which people will read of it. */
final class ClosureParts {
  private final ClassSource source;
  private final CodeHints hints;
  private final SortedMap<String, SortedSet<Fingerprint>> parts = new TreeMap<>();
  private final SortedSet<String> caveats = new TreeSet<>();
  private final SortedSet<String> folders = new TreeSet<>();

  ClosureParts(ClassSource source, CodeHints hints) {
    this.source = source;
    this.hints = hints;
  }

  void addMethod(String name, Fingerprint digest) {
    add(name, digest);
  }

  void addField(String owner, FieldNode field) {
    Hasher hasher = Hasher.of("reprise/code/field").putString(field.desc);
    ClassShape.write(field, hasher);
    add(Names.binary(owner) + "#" + field.name, hasher.finish());
  }

  /** Adds a class without a name of its own. */
  void addNameless(String name, Fingerprint digest) {
    add(name, digest);
  }

  /** Adds a part; names are for people, so there may be several under one. */
  private void add(String name, Fingerprint digest) {
    parts.computeIfAbsent(name, each -> new TreeSet<>()).add(digest);
  }

  void addShape(ClassFile file, boolean exposed) {
    add(Names.part(file), exposed ? ClassShape.exposed(file) : ClassShape.of(file));
  }

  void addPackage(String folder, Fingerprint digest) {
    add(packageName(folder), digest);
  }

  /** Adds a class-path resource, or that there is none of this path. */
  void addResource(String path, String by) {
    consult(Names.folder(path));
    try {
      byte[] content = source.read(path);
      Hasher hasher = Hasher.of("reprise/code/resource").putBoolean(content != null);
      if (content == null) {
        warn("the resource " + path + ", which " + by + " names, is not on the class path");
      } else {
        hasher.putFingerprint(Fingerprint.of(Hasher.sha256().digest(content)));
      }
      add(CodeFingerprint.RESOURCE + path, hasher.finish());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Records that classes or resources of this folder were looked for. */
  void consult(String folder) {
    folders.add(folder);
  }

  /** Adds a caveat, unless the task declares what this sort of blindness hides. */
  void hide(Blind blind, String what) {
    boolean declared =
        switch (blind) {
          case REFLECTION, INSPECTION, SERVICES -> !hints.alsoRuns().isEmpty();
          case RESOURCES -> !hints.alsoReads().isEmpty();
          case NATIVE -> false;
        };
    if (!declared) {
      caveats.add(what + ": " + blind.advice());
    }
  }

  void warnOfAbsent(String className, String by) {
    warn(
        Names.binary(className)
            + ", which "
            + Names.binary(by)
            + " names, is not on the class path; its code is not in the fingerprint");
  }

  /** Adds a caveat of a task whose body alone counts, which declarations do not change. */
  void warnOfUnread(String what) {
    warn(what + ": of code identity 'body' that is no part; change the task's version with it");
  }

  void warn(String sentence) {
    caveats.add(sentence);
  }

  static String packageName(String folder) {
    String name = folder.isEmpty() ? "unnamed" : folder.substring(0, folder.length() - 1);
    return CodeFingerprint.PACKAGE + Names.binary(name);
  }

  CodeFingerprint fingerprint(Mode mode) {
    SortedMap<String, Fingerprint> named = new TreeMap<>();
    parts.forEach((name, digests) -> named.put(name, together(digests)));
    return CodeFingerprint.of(mode, named, caveats.stream().toList());
  }

  private static Fingerprint together(SortedSet<Fingerprint> digests) {
    if (digests.size() == 1) {
      return digests.first();
    }
    Hasher hasher = Hasher.of("reprise/code/several").putLong(digests.size());
    digests.forEach(hasher::putFingerprint);
    return hasher.finish();
  }

  Set<String> folders() {
    return folders;
  }
}
