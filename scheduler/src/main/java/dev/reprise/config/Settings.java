package dev.reprise.config;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.base.Sizes;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.CachePolicy.Property;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The values of all settings, each with where it was given. Of several that are given, this counts
 * first: the option, the system property, the environment variable, the configuration file, Spark's
 * configuration, the default.
 *
 * <p>A value is checked when it is asked for; a key that no setting has, when settings are read.
 */
public final class Settings {
  static final String PROPERTY_PREFIX = "reprise.";
  static final String VARIABLE_PREFIX = "REPRISE_";
  private static final String CONFIG = "config";
  private static final String CONFIG_FILE = "reprise.conf";

  /** Read by others before there are settings, or by tests. */
  private static final Set<String> NOT_SETTINGS =
      Set.of(CONFIG, "kill", "kill.seed", "seed", "stress", "golden.write", "api.update");

  /** Kubernetes gives these to every container beside a service that is called reprise. */
  private static final Pattern OF_A_SERVICE = Pattern.compile("REPRISE_(SERVICE_|PORT).*");

  private final Map<Setting, Given> values;

  private Settings(Map<Setting, Given> values) {
    this.values = values;
  }

  /**
   * Reads all settings.
   *
   * @param properties system properties
   * @param environment variables
   * @param folder the working directory
   * @throws UsageException if something is set that is no setting, or a file cannot be read
   */
  public static Settings read(
      Flags flags, Map<String, String> properties, Map<String, String> environment, Path folder) {
    Map<Setting, Given> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      values.put(setting, new Given(setting.defaultValue(), Given.DEFAULT, folder));
    }
    SparkDefaults.read(environment, properties, folder, values);
    configFile(flags, properties, environment, folder)
        .ifPresent(file -> ConfigFile.read(file, values));
    readEnvironment(environment, folder, values);
    readProperties(properties, folder, values);
    flags.read(folder, values);
    return new Settings(values);
  }

  private static Optional<Path> configFile(
      Flags flags, Map<String, String> properties, Map<String, String> environment, Path folder) {
    String named = flags.configFile();
    if (named == null) {
      named = properties.get(PROPERTY_PREFIX + CONFIG);
    }
    if (named == null) {
      named = environment.get(VARIABLE_PREFIX + CONFIG.toUpperCase(Locale.ROOT));
    }
    return named == null || named.isEmpty()
        ? Optional.of(folder.resolve(CONFIG_FILE)).filter(Files::exists)
        : Optional.of(folder.resolve(named));
  }

  private static void readEnvironment(
      Map<String, String> environment, Path folder, Map<Setting, Given> values) {
    Map<String, Setting> byVariable = new TreeMap<>();
    for (Setting setting : Setting.values()) {
      byVariable.put(setting.variable(), setting);
    }
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              Setting setting = byVariable.get(name);
              if (setting != null && !value.isEmpty()) {
                values.put(setting, new Given(value, name, folder));
              } else if (setting == null && name.startsWith(VARIABLE_PREFIX)) {
                checkVariable(name);
              }
            });
  }

  private static void checkVariable(String name) {
    String key = name.substring(VARIABLE_PREFIX.length()).toLowerCase(Locale.ROOT);
    if (!NOT_SETTINGS.contains(key.replace('_', '.')) && !OF_A_SERVICE.matcher(name).matches()) {
      throw Unknown.variable(name);
    }
  }

  private static void readProperties(
      Map<String, String> properties, Path folder, Map<Setting, Given> values) {
    new TreeMap<>(properties)
        .forEach(
            (name, value) -> {
              if (name.startsWith(PROPERTY_PREFIX)) {
                String key = name.substring(PROPERTY_PREFIX.length());
                String where = "-D" + name;
                Optional<Setting> setting = Setting.of(key);
                if (setting.isPresent()) {
                  values.put(setting.get(), new Given(value, where, folder));
                } else if (!NOT_SETTINGS.contains(key)) {
                  throw Unknown.key(where, key);
                }
              }
            });
  }

  /** The value as it was given, and where. */
  public Given given(Setting setting) {
    return Objects.requireNonNull(values.get(setting));
  }

  /** Whether it was given on the command line. */
  public boolean isOption(Setting setting) {
    return given(setting).source().startsWith("--");
  }

  /** The value for people: a path as it is used, {@code none} for none. */
  public String shown(Setting setting) {
    if (setting == Setting.STORE) {
      return store().toString();
    }
    return setting.form() == Form.PATH ? path(setting).toString() : given(setting).shown();
  }

  /** What is set and where, in one line for people. */
  public String summary() {
    String set =
        Arrays.stream(Setting.values())
            .filter(setting -> !isDefault(setting))
            .map(setting -> setting.key() + " (" + given(setting).source() + ")")
            .collect(Collectors.joining(", "));
    return set.isEmpty() ? "all as by default" : set;
  }

  /**
   * Checks all values that were given.
   *
   * @throws UsageException if one is not what is wanted
   */
  public void check() {
    for (Setting setting : Setting.values()) {
      if (given(setting).present()) {
        switch (setting.form()) {
          case PATH -> path(setting);
          case DURATION, LIMIT -> duration(setting);
          case SIZE, ROOM, QUOTA -> bytes(setting);
          case NUMBER, COUNT -> number(setting);
          case TRUTH -> truth(setting);
          case CACHE, CONSOLE -> word(setting);
          case STEP_TRUTH, STEP_AGE, STEP_LIMIT, STEP_VERSION, STEP_TEXT, STEP_SHARING ->
              policies(setting);
          case NAMES -> names(setting);
          case TEXT -> {}
        }
      }
    }
  }

  private String word(Setting setting) {
    return parse(
        setting,
        text -> {
          if (!setting.form().words().contains(text.strip().toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException();
          }
          return text;
        });
  }

  /** The home, as an absolute path. */
  public Path home() {
    return path(Setting.HOME);
  }

  /** The folder of the results, as an absolute path. */
  public Path store() {
    return given(Setting.STORE).present() ? path(Setting.STORE) : home().resolve("store");
  }

  /** The folder of the index. */
  public Path indexFolder() {
    return home().resolve("index");
  }

  /** The folder of the runs' journals. */
  public Path runsFolder() {
    return home().resolve("runs");
  }

  /** A value that is text. */
  public String text(Setting setting) {
    return given(setting).value();
  }

  /** Names, each once; none if it is not given. */
  public List<String> names(Setting setting) {
    if (!given(setting).present()) {
      return List.of();
    }
    return parse(
        setting,
        text -> {
          List<String> names = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
          if (names.contains("") || new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException();
          }
          return names;
        });
  }

  /**
   * The stores behind the first: folders are absolute, as {@link #path} makes them.
   *
   * @throws UsageException if one names a class that is none of a store
   */
  public List<String> fartherStores() {
    Given given = given(Setting.STORES);
    return names(Setting.STORES).stream().map(entry -> fartherStore(given, entry)).toList();
  }

  private static String fartherStore(Given given, String entry) {
    try {
      FartherStores.check(entry);
      return entry.startsWith(FartherStores.CLASS)
          ? entry
          : given.folder().resolve(entry).toAbsolutePath().normalize().toString();
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "'%s' cannot be '%s', given by %s: %s"
              .formatted(Setting.STORES.key(), entry, given.source(), e.getMessage()));
    }
  }

  /** A path, made absolute with the folder of where it was given. */
  public Path path(Setting setting) {
    Given given = given(setting);
    return parse(
        setting,
        text -> {
          if (text.isBlank()) {
            throw new IllegalArgumentException();
          }
          return given.folder().resolve(text).toAbsolutePath().normalize();
        });
  }

  /** A duration that there must be. */
  public Duration duration(Setting setting) {
    return parse(
        setting,
        text -> {
          Duration duration = Durations.parse(text);
          if (setting.form() == Form.LIMIT && duration.isZero()) {
            throw new IllegalArgumentException();
          }
          return duration;
        });
  }

  /** A duration, if there is one. */
  public Optional<Duration> optionalDuration(Setting setting) {
    return given(setting).present() ? Optional.of(duration(setting)) : Optional.empty();
  }

  /** A size, in bytes. */
  public long bytes(Setting setting) {
    return parse(
        setting,
        text -> {
          long bytes = Sizes.parse(text);
          if (setting.form() != Form.SIZE && bytes == 0) {
            throw new IllegalArgumentException();
          }
          return bytes;
        });
  }

  /** A size, in bytes, if there is one. */
  public OptionalLong optionalBytes(Setting setting) {
    return given(setting).present() ? OptionalLong.of(bytes(setting)) : OptionalLong.empty();
  }

  /** A whole number, if there is one. */
  public OptionalInt optionalNumber(Setting setting) {
    return given(setting).present() ? OptionalInt.of(number(setting)) : OptionalInt.empty();
  }

  /** A whole number, not negative. */
  public int number(Setting setting) {
    return parse(
        setting,
        text -> {
          int number = Integer.parseInt(text.strip());
          if (number < (setting.form() == Form.COUNT ? 1 : 0)) {
            throw new IllegalArgumentException();
          }
          return number;
        });
  }

  /** A truth value. */
  public boolean truth(Setting setting) {
    return parse(
        setting,
        text ->
            switch (text.strip().toLowerCase(Locale.ROOT)) {
              case "true", "yes", "on" -> true;
              case "false", "no", "off" -> false;
              default -> throw new IllegalArgumentException();
            });
  }

  /**
   * What a setting says of cache policies: by the names of steps, and under the empty name of all.
   * Written {@code 7d}, {@code train=1h,score=2h} or {@code 7d,train=1h}.
   */
  public Map<String, CachePolicy> policies(Setting setting) {
    Property property = setting.property().orElseThrow();
    return parse(
        setting,
        text -> {
          Map<String, CachePolicy> policies = new LinkedHashMap<>();
          for (String each : text.split(",", -1)) {
            int equals = each.indexOf('=');
            String step = equals < 0 ? "" : each.substring(0, equals).strip();
            CachePolicy says = CachePolicy.DEFAULT.with(property, each.substring(equals + 1));
            if (step.isEmpty() != equals < 0 || policies.put(step, says) != null) {
              throw new IllegalArgumentException();
            }
          }
          return policies;
        });
  }

  /** One of a few words, as the constant of that name. */
  public <E extends Enum<E>> E choice(Setting setting, Class<E> type) {
    return parse(
        setting,
        text -> {
          for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text.strip().replace('-', '_'))) {
              return constant;
            }
          }
          throw new IllegalArgumentException();
        });
  }

  /** The options of engines that were given, by key, in the one form that engines understand. */
  public SortedMap<String, String> engineOptions() {
    SortedMap<String, String> options = new TreeMap<>();
    for (Setting setting : Setting.values()) {
      boolean ofEngine =
          setting.key().indexOf('.') >= 0
              && setting.property().isEmpty()
              && setting != Setting.ENVIRONMENT_PARENTS;
      if (ofEngine && given(setting).present() && !isDefault(setting)) {
        options.put(setting.key(), plain(setting));
      }
    }
    return options;
  }

  private String plain(Setting setting) {
    if (setting.form() == Form.DURATION) {
      return Saturating.limit(duration(setting)).toMillis() + "ms";
    } else if (setting.form() == Form.ROOM) {
      return Long.toString(bytes(setting));
    }
    return text(setting);
  }

  /** Whether nobody gave it. */
  public boolean isDefault(Setting setting) {
    return given(setting).source().equals(Given.DEFAULT);
  }

  private <T> T parse(Setting setting, Function<String, T> parser) {
    Given given = given(setting);
    try {
      return parser.apply(given.value());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw bad(setting, given);
    }
  }

  private static UsageException bad(Setting setting, Given given) {
    return new UsageException(
        "%s: '%s' cannot be %s, wanted %s"
            .formatted(
                given.source(), setting.key(), Text.quote(given.value()), setting.form().wanted()));
  }

  static Path folderOf(Path file) {
    return Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
  }
}
