package dev.reprise.explain;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the keys of a step's units have in common, by parts, and what each of them adds.
 *
 * @param task name of the task
 * @param version the user's version; empty if there is none
 * @param signature of the function
 * @param codeMode how the code is identified
 * @param code the parts of the code, with their digests
 * @param engine settings of the engine that are in the key, by name
 * @param arguments in the order in which they enter the key
 * @param caveats what the code may reach and {@code code} cannot see, each a sentence for people;
 *     in no key, and no difference between keys
 */
public record StepParts(
    String task,
    String version,
    String signature,
    String codeMode,
    SortedMap<String, Fingerprint> code,
    SortedMap<String, String> engine,
    List<ArgumentPart> arguments,
    List<String> caveats) {
  private static final String CACHE = "cache ";
  private static final String KEY = "key";

  public StepParts {
    code = Collections.unmodifiableSortedMap(new TreeMap<>(code));
    engine = Collections.unmodifiableSortedMap(new TreeMap<>(engine));
    arguments = List.copyOf(arguments);
    caveats = List.copyOf(caveats);
  }

  /** Parts of code that hides nothing. */
  public StepParts(
      String task,
      String version,
      String signature,
      String codeMode,
      SortedMap<String, Fingerprint> code,
      SortedMap<String, String> engine,
      List<ArgumentPart> arguments) {
    this(task, version, signature, codeMode, code, engine, arguments, List.of());
  }

  /** Parts of keys that a user writes, in a cache with a name. */
  public static StepParts written(
      WrittenKey key,
      String version,
      String signature,
      String codeMode,
      SortedMap<String, String> engine,
      List<ArgumentPart> upstream) {
    List<ArgumentPart> arguments = new ArrayList<>();
    arguments.add(new ArgumentPart(KEY, KEY, ArgumentKind.GIVEN, key.text()));
    arguments.addAll(upstream);
    return new StepParts(
        CACHE + key.cache(), version, signature, codeMode, new TreeMap<>(), engine, arguments);
  }

  /** The cache with a name that the entries lie in, and their key there; empty if there is none. */
  public Optional<WrittenKey> written() {
    // The signature of all other parts begins with what the function takes.
    boolean isWritten =
        task.startsWith(CACHE)
            && !signature.startsWith("(")
            && !arguments.isEmpty()
            && arguments.get(0).name().equals(KEY);
    return isWritten
        ? Optional.of(new WrittenKey(task.substring(CACHE.length()), arguments.get(0).preview()))
        : Optional.empty();
  }

  /**
   * A key that a user wrote.
   *
   * @param cache name of the cache
   * @param text the key as it came out; what other steps give to it is in braces
   */
  public record WrittenKey(String cache, String text) {
    /** As in {@code cache prices, key ACME-1}. */
    @Override
    public String toString() {
      return CACHE + cache + ", key " + text;
    }
  }

  /** What an argument is. */
  public enum ArgumentKind {
    /** A value that the user gave. */
    GIVEN,
    /** A value that the function captured. */
    CAPTURED,
    /** The result of a step, or a source. */
    UPSTREAM,
    /** A resource: its code, version and configuration. */
    RESOURCE
  }

  /**
   * One argument.
   *
   * @param name that enters the key
   * @param shown for people: name of the parameter, or of the step it comes from
   * @param kind what it is
   * @param preview the value in short, if it was given and is no secret; else empty
   */
  public record ArgumentPart(String name, String shown, ArgumentKind kind, String preview) {}
}
