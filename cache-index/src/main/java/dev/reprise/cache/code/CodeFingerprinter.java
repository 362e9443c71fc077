package dev.reprise.cache.code;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cache.code.MemoKeeper.Question;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the code of tasks by its bytecode. Made for one planning: it sees every class as it
 * was when it first met it, and reads each once for all tasks. Belongs to one thread.
 *
 * @see <a href="../docs/code-identity.md">what counts and what does not</a>
 */
public final class CodeFingerprinter {
  private final ClassSource source;
  private final PlatformPackages platform;
  private final MemoKeeper memo;

  /** Made when the memo first fails: loading ASM takes longer than all the rest. */
  private @Nullable CodeReader reader;

  /** Identifies code from scratch each time, with the standard platform. */
  public CodeFingerprinter(ClassSource source) {
    this(source, PlatformPackages.STANDARD, CodeMemo.NONE, InstantSource.fixed(Instant.EPOCH));
  }

  /**
   * @param source where the code is found; stays the caller's to close
   * @param platform what is not looked at
   * @param memo what was found out earlier
   * @param clock of the machine whose files these are
   */
  public CodeFingerprinter(
      ClassSource source, PlatformPackages platform, CodeMemo memo, InstantSource clock) {
    this.source = source;
    this.platform = platform;
    this.memo = new MemoKeeper(source, platform, memo, clock);
  }

  /**
   * Identifies a task by what the user calls its version.
   *
   * @param version letters, digits, '-' and '_', at least one of them
   * @throws IllegalArgumentException if it holds anything else
   */
  public static CodeFingerprint manual(String version) {
    checkArgument(
        version.matches("[A-Za-z0-9_-]+"),
        "bad version '%s': use letters, digits, '-' and '_'",
        version);
    Fingerprint digest = Hasher.of("reprise/code/version").putString(version).finish();
    return CodeFingerprint.of(Mode.MANUAL, new TreeMap<>(Map.of("version", digest)), List.of());
  }

  /**
   * Identifies a task by the bytecode of its method alone, lambdas and anonymous classes in it
   * included.
   *
   * @throws CodeUnavailableException if the class file cannot be read; the task has no key
   */
  public CodeFingerprint body(MethodRef root) throws CodeUnavailableException {
    return identify(new Question(Mode.BODY, root, CodeHints.NONE));
  }

  /** As {@link #closure(MethodRef, CodeHints)} with nothing declared. */
  public CodeFingerprint closure(MethodRef root) throws CodeUnavailableException {
    return closure(root, CodeHints.NONE);
  }

  /**
   * Identifies a task by all user code that can be reached from its method.
   *
   * @param hints what the bytecode does not show
   * @throws CodeUnavailableException if a class file cannot be read; the task has no key
   */
  public CodeFingerprint closure(MethodRef root, CodeHints hints) throws CodeUnavailableException {
    return identify(new Question(Mode.CLOSURE, root, hints));
  }

  private CodeFingerprint identify(Question question) throws CodeUnavailableException {
    CodeFingerprint known = memo.find(question);
    if (known != null) {
      return known;
    }
    if (reader == null) {
      reader = new CodeReader(source, platform);
    }
    ClosureParts parts = reader.read(question);
    CodeFingerprint fingerprint = parts.fingerprint(question.mode());
    memo.keep(question, fingerprint, parts.folders());
    return fingerprint;
  }
}
