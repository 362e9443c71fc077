package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one place says of whether and how results are reused: a task, a pipeline, or a run. A place
 * says some of it and leaves the rest to others; {@link #orElse} puts two of them together. What is
 * asked of a policy that does not say it has its default. Immutable; durations beyond {@link
 * Saturating#LONGEST} are cut to it.
 *
 * @see <a href="../../../../../../../scheduler/docs/reuse.md">Every option and what wins</a>
 */
public final class CachePolicy {
  /** What a policy can say. */
  public enum Property {
    /** Whether results are read and kept at all. */
    ENABLED,
    /** In the key beside the code, or in place of it. */
    VERSION,
    /** The version under which results are looked up, if it is another than they are kept under. */
    READ_VERSION,
    /** Who finds the version, where none is given in words. */
    STRATEGY,
    /** In the key beside all else. */
    SALT,
    /** How the code enters the key. */
    CODE,
    /** How old results may be that are taken. */
    MAX_AGE,
    /** When results expire that are made. */
    TTL,
    /** What becomes of equal units under way. */
    SHARING,
    /** Whether paths of files are in the key. */
    PATHS,
    /** Whether what made a result stands for it in the keys of what takes it, not its content. */
    BY_REFERENCE,
    /** Which failures are kept, and for how long. */
    FAILURES(true),
    /** Arguments that are not in the key. */
    IGNORED(true),
    /** The only arguments in the key, by their place in this list. */
    KEYED(true),
    /** The cache that the task shares, and how the keys in it are written. */
    KEY(true),
    /** Classes that the analysis does not reach. */
    ALSO_RUNS(true),
    /** Class-path resources that the analysis does not reach. */
    ALSO_READS(true);

    private final boolean ofTask;

    Property() {
      this(false);
    }

    Property(boolean ofTask) {
      this.ofTask = ofTask;
    }

    /** Whether it is about one function, so that nobody but its task can say it. */
    public boolean isOfTask() {
      return ofTask;
    }

    /** As it is written in settings and plans, such as {@code max-age}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What becomes of a unit while an equal one is under way. */
  public enum Sharing {
    /** It waits and takes that one's result; if there is none, one of those that wait runs. */
    TAKE_OVER,
    /**
     * It waits and takes that one's result; if there is none, it fails, too. If there was one and
     * it is not kept, it runs.
     */
    FAIL_TOGETHER,
    /** It runs as if it were alone. */
    NONE
  }

  /** Of these a policy can say one: each says which arguments are in the key. */
  private static final Set<Property> OF_ARGUMENTS =
      Set.of(Property.IGNORED, Property.KEYED, Property.KEY);

  /** Says nothing: reuse by all the code that can be reached, for ever. */
  public static final CachePolicy DEFAULT = new CachePolicy(Map.of());

  /** No reuse. */
  public static final CachePolicy OFF = DEFAULT.withEnabled(false);

  /** Who says the first of these leaves the others to nobody: they would be of another version. */
  private static final Map<Property, Set<Property>> GOES_WITHOUT =
      Map.of(
          Property.VERSION, Set.of(Property.READ_VERSION, Property.STRATEGY),
          Property.STRATEGY, Set.of(Property.VERSION, Property.READ_VERSION));

  private final Map<Property, Object> said;
  private final boolean enabled;
  private final Mode mode;
  private final @Nullable Duration timeToLive;
  private final @Nullable Duration maxAge;
  private final Sharing sharing;
  private final boolean paths;

  private CachePolicy(Map<Property, Object> said) {
    EnumMap<Property, Object> copy = new EnumMap<>(Property.class);
    copy.putAll(said);
    this.said = Collections.unmodifiableMap(copy);
    this.enabled = get(Property.ENABLED, true);
    this.mode = get(Property.CODE, Mode.CLOSURE);
    this.timeToLive = (Duration) copy.get(Property.TTL);
    this.maxAge = (Duration) copy.get(Property.MAX_AGE);
    this.sharing = get(Property.SHARING, Sharing.TAKE_OVER);
    this.paths = get(Property.PATHS, true);
    checkArgument(
        mode != Mode.MANUAL || says(Property.VERSION) || says(Property.STRATEGY),
        "a task whose code is identified by hand needs a version; call manualVersion(...)");
    checkArgument(
        OF_ARGUMENTS.stream().filter(this::says).count() <= 1,
        "it ignores arguments, lists those in its key, or writes its key by hand; say one of these");
  }

  @SuppressWarnings("unchecked") // what is put under a property is of its default's type
  private <T> T get(Property property, T otherwise) {
    Object value = said.get(property);
    return value == null ? otherwise : (T) value;
  }

  private CachePolicy saying(Property property, Object value) {
    Map<Property, Object> changed = new EnumMap<>(Property.class);
    changed.putAll(said);
    changed.put(property, value);
    return new CachePolicy(changed);
  }

  /** Whether the policy says this itself. */
  public boolean says(Property property) {
    return said.containsKey(property);
  }

  /** What the policy says itself; in the order of the properties, may be empty. */
  public Set<Property> said() {
    return said.keySet();
  }

  /** What it says of a property, as {@link #with} takes it back; empty if it says nothing. */
  public String shown(Property property) {
    Object value = said.get(property);
    if (value == null) {
      return "";
    } else if (value instanceof Duration duration) {
      return Durations.text(duration);
    } else if (value instanceof VersionStrategy strategy) {
      return strategy.name();
    } else if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    } else if (value instanceof List<?> all) {
      return all.stream()
          .map(each -> each instanceof Class<?> type ? type.getName() : each.toString())
          .collect(Collectors.joining(" "));
    }
    return value.toString();
  }

  /**
   * What this policy says, and of what it does not say what the other does. A version goes with its
   * own read version: that of the other is not taken beside it, nor is its strategy.
   */
  public CachePolicy orElse(CachePolicy other) {
    if (other.said.isEmpty()) {
      return this;
    } else if (said.isEmpty()) {
      return other;
    }
    Map<Property, Object> merged = new EnumMap<>(Property.class);
    merged.putAll(other.said);
    said.keySet()
        .forEach(mine -> merged.keySet().removeAll(GOES_WITHOUT.getOrDefault(mine, Set.of())));
    merged.putAll(said);
    return new CachePolicy(merged);
  }

  /** Whether results are read and kept at all; true unless said. */
  public boolean enabled() {
    return enabled;
  }

  /** How the code enters the key; by all that can be reached unless said. */
  public Mode mode() {
    return mode;
  }

  /** In the key beside the code, or in place of it if {@link #mode} is manual; null for none. */
  public @Nullable String version() {
    return (String) said.get(Property.VERSION);
  }

  /**
   * The version under which results are looked up; null if it is that under which they are kept.
   */
  public @Nullable String readVersion() {
    return (String) said.get(Property.READ_VERSION);
  }

  /** Finds the version; null if there is none, or the version is given in words. */
  public @Nullable VersionStrategy strategy() {
    return says(Property.VERSION) ? null : (VersionStrategy) said.get(Property.STRATEGY);
  }

  /** In the key beside all else; null for none. */
  public @Nullable String salt() {
    return (String) said.get(Property.SALT);
  }

  /** Results expire so long after they were made; null for never. */
  public @Nullable Duration timeToLive() {
    return timeToLive;
  }

  /** Older results are not taken, and none if it is zero; null for any age. */
  public @Nullable Duration maxAge() {
    return maxAge;
  }

  /**
   * What becomes of a unit while an equal one is under way. A maximum age of zero takes nothing
   * that another made, so there is nothing to share.
   */
  public Sharing sharing() {
    return maxAge != null && maxAge.isZero() ? Sharing.NONE : sharing;
  }

  /** Arguments that are not in the key, by the name of the step's parameter; may be empty. */
  public List<String> ignored() {
    return get(Property.IGNORED, List.of());
  }

  /**
   * The only arguments that are in the key, by the name of the step's parameter; they enter it by
   * their place in this list. Empty if all are that are not ignored, by their names.
   */
  public List<String> keyed() {
    return get(Property.KEYED, List.of());
  }

  /**
   * The named cache and how keys in it are written; null for keys of the task's own, from its name,
   * its code and its arguments.
   */
  public NamedCache.@Nullable Key key() {
    return (NamedCache.Key) said.get(Property.KEY);
  }

  /** Which failures are kept, and for how long; null for none. */
  public @Nullable FailureKeeping failures() {
    return (FailureKeeping) said.get(Property.FAILURES);
  }

  /** Classes whose code enters the key although the analysis does not reach them; may be empty. */
  public List<Class<?>> alsoRuns() {
    return get(Property.ALSO_RUNS, List.of());
  }

  /** Class-path resources that enter the key, by path; may be empty. */
  public List<String> alsoReads() {
    return get(Property.ALSO_READS, List.of());
  }

  /**
   * Whether a file of a source enters the key with its path below the source's folder, not by
   * content alone; true unless said.
   */
  public boolean paths() {
    return paths;
  }

  /**
   * Whether the execution that made a result is in the keys of what takes it, in place of its
   * content; false unless said.
   */
  public boolean byReference() {
    return get(Property.BY_REFERENCE, false);
  }

  /**
   * Returns a copy that says something as it is written in settings: {@code true}, {@code 7d},
   * {@code fail-together}.
   *
   * @throws IllegalArgumentException if the text is none of what the property can be, or it cannot
   *     be said in words
   */
  public CachePolicy with(Property property, String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    return switch (property) {
      case ENABLED -> withEnabled(isTrue(word));
      case VERSION -> withVersion(text.strip());
      case READ_VERSION -> withReadVersion(text.strip());
      case SALT -> withSalt(text.strip());
      case CODE -> withMode(Mode.valueOf(constant(word)));
      case MAX_AGE -> withMaxAge(Durations.parse(word));
      case TTL -> withTimeToLive(Durations.parse(word));
      case SHARING -> withSharing(Sharing.valueOf(constant(word)));
      case PATHS -> withPaths(isTrue(word));
      case BY_REFERENCE -> withReference(isTrue(word));
      case STRATEGY, FAILURES, IGNORED, KEYED, KEY, ALSO_RUNS, ALSO_READS ->
          throw new IllegalArgumentException(
              "'%s' is not said in words".formatted(property.word()));
    };
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static boolean isTrue(String word) {
    return switch (word) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw new IllegalArgumentException("'%s' is no truth value".formatted(word));
    };
  }

  /** Returns a copy that says whether results are reused. */
  public CachePolicy withEnabled(boolean to) {
    return saying(Property.ENABLED, to);
  }

  /**
   * Returns a copy with another way to identify the code.
   *
   * @throws IllegalArgumentException if it is manual and there is no version yet
   */
  public CachePolicy withMode(Mode to) {
    return saying(Property.CODE, to);
  }

  /**
   * Returns a copy with another version.
   *
   * @throws IllegalArgumentException if it holds anything but letters, digits, '-' and '_'
   */
  public CachePolicy withVersion(String to) {
    return saying(Property.VERSION, checkVersion(to));
  }

  /**
   * Returns a copy with the versions that strategies found, one or more; in the order given.
   *
   * @throws IllegalArgumentException if one holds anything but letters, digits, '-' and '_'
   */
  public CachePolicy withVersions(List<String> found) {
    checkArgument(!found.isEmpty(), "there must be a version");
    found.forEach(CachePolicy::checkVersion);
    return saying(Property.VERSION, String.join("+", found)); // of which no version has any
  }

  /** Returns a copy whose version is found by a strategy, unless it is given in words. */
  public CachePolicy withStrategy(VersionStrategy to) {
    return saying(Property.STRATEGY, to);
  }

  /** Returns a copy with another salt: any text, which is not secret. */
  public CachePolicy withSalt(String to) {
    return saying(Property.SALT, to);
  }

  /**
   * Returns a copy that looks results up under another version than it keeps them under.
   *
   * @throws IllegalArgumentException if it holds anything but letters, digits, '-' and '_'
   */
  public CachePolicy withReadVersion(String to) {
    return saying(Property.READ_VERSION, checkVersion(to));
  }

  /**
   * Returns its argument.
   *
   * @throws IllegalArgumentException if it is no version: it holds anything but letters, digits,
   *     '-' and '_', or nothing
   */
  public static String checkVersion(String version) {
    checkArgument(
        version.matches("[A-Za-z0-9_-]+"),
        "bad version '%s': use letters, digits, '-' and '_'",
        version);
    return version;
  }

  /** Returns a copy with another time to live, which must be positive. */
  public CachePolicy withTimeToLive(Duration to) {
    checkArgument(!to.isNegative() && !to.isZero(), "time to live must be positive: %s", to);
    return saying(Property.TTL, Saturating.limit(to));
  }

  /** Returns a copy with another maximum age, which must not be negative; zero takes nothing. */
  public CachePolicy withMaxAge(Duration to) {
    checkArgument(!to.isNegative(), "maximum age must not be negative: %s", to);
    return saying(Property.MAX_AGE, Saturating.limit(to));
  }

  /** Returns a copy that says what becomes of equal units under way. */
  public CachePolicy withSharing(Sharing to) {
    return saying(Property.SHARING, to);
  }

  /** Returns a copy that keeps other failures. */
  public CachePolicy withFailures(FailureKeeping to) {
    return saying(Property.FAILURES, to);
  }

  /** Returns a copy with other ignored arguments. */
  public CachePolicy withIgnored(List<String> to) {
    return saying(Property.IGNORED, List.copyOf(to));
  }

  /**
   * Returns a copy with other arguments as the only ones in the key.
   *
   * @throws IllegalArgumentException if there are none, one is named twice, or arguments are
   *     ignored
   */
  public CachePolicy withKeyed(List<String> to) {
    checkArgument(!to.isEmpty(), "a key needs one argument at least");
    checkArgument(Set.copyOf(to).size() == to.size(), "an argument is named twice: %s", to);
    return saying(Property.KEYED, List.copyOf(to));
  }

  /**
   * Returns a copy with another named cache and way to write its keys.
   *
   * @throws IllegalArgumentException if arguments are ignored or listed
   */
  public CachePolicy withKey(NamedCache.Key to) {
    return saying(Property.KEY, to);
  }

  /** Returns a copy with other declared classes. */
  public CachePolicy withAlsoRuns(List<Class<?>> to) {
    return saying(Property.ALSO_RUNS, List.copyOf(to));
  }

  /** Returns a copy with other declared resources. */
  public CachePolicy withAlsoReads(List<String> to) {
    return saying(Property.ALSO_READS, List.copyOf(to));
  }

  /** Returns a copy whose files enter the key with their paths, or by content alone. */
  public CachePolicy withPaths(boolean to) {
    return saying(Property.PATHS, to);
  }

  /**
   * Returns a copy whose results are in the keys of what takes them by the execution that made
   * them, or by content.
   */
  public CachePolicy withReference(boolean to) {
    return saying(Property.BY_REFERENCE, to);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CachePolicy that && said.equals(that.said);
  }

  @Override
  public int hashCode() {
    return said.hashCode();
  }

  /** As in {@code max-age=1d, version=2}. */
  @Override
  public String toString() {
    return said.keySet().stream()
        .map(property -> property.word() + "=" + shown(property))
        .collect(Collectors.joining(", "));
  }
}
