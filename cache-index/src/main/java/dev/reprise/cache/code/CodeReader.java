package dev.reprise.cache.code;

import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.code.Hierarchy.Found;
import dev.reprise.cache.code.MemoKeeper.Question;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** Reads the code of tasks from class files, each file once for all tasks. */
final class CodeReader {
  private final ClassSource source;
  private final PlatformPackages platform;
  private final JdkClasses jdk = new JdkClasses();
  private final ClassFiles classes;
  private final ForeignTypes foreign;
  private final LibraryFiles libraries;
  private final Map<Zones, OwnCode> codes = new HashMap<>();

  CodeReader(ClassSource source, PlatformPackages platform) {
    this.source = source;
    this.platform = platform;
    this.classes = new ClassFiles(source);
    this.foreign = new ForeignTypes(jdk, source);
    this.libraries = new LibraryFiles(source);
  }

  /**
   * Finds the parts that answer a question.
   *
   * @throws CodeUnavailableException if a class file is missing or cannot be read
   */
  ClosureParts read(Question question) throws CodeUnavailableException {
    try {
      ClosureParts parts = new ClosureParts(source, question.hints());
      read(question, Member.of(question.root()), parts);
      return parts;
    } catch (UncheckedIOException e) {
      throw new CodeUnavailableException(
          "the code of " + question.root() + " cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // what a class file holds is believed where it is used; one that no compiler made may lie
      throw new CodeUnavailableException(
          "the code of "
              + question.root()
              + " cannot be read: one of its class files is damaged ("
              + e
              + ")",
          e);
    }
  }

  private void read(Question question, Member root, ClosureParts parts)
      throws CodeUnavailableException {
    Zones zones = Zones.around(root.owner(), jdk, platform);
    OwnCode code = codes.computeIfAbsent(zones, each -> new OwnCode(classes, each));
    ClosureWalk walk = new ClosureWalk(code, foreign, libraries, parts);
    Found found = code.hierarchy().resolve(root);
    if (found == null && zones.isOwn(root.owner())) {
      throw new CodeUnavailableException(
          "the code of "
              + question.root()
              + " is not found: its class was made at run time, or is not on the class path",
          null);
    }
    if (found != null && question.mode() == Mode.BODY) {
      walk.readOnly(found);
      return;
    }
    if (found != null) {
      walk.start(found);
    } else {
      // A method of the JDK: its name says all.
      MethodRef name = question.root();
      parts.addMethod(
          Names.part(name.owner(), name.name(), name.descriptor()),
          Hasher.of("reprise/code/platform").finish());
    }
    walk.declare(question.hints());
    walk.finish();
  }
}
