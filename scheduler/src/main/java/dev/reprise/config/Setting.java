package dev.reprise.config;

import dev.reprise.task.CachePolicy.Property;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * All settings. The same key is written {@code --lock-timeout}, {@code -Dreprise.lock-timeout},
 * {@code REPRISE_LOCK_TIMEOUT}, {@code lock-timeout} in {@code reprise.conf} and {@code
 * spark.reprise.lock-timeout} in {@code spark-defaults.conf}.
 */
public enum Setting {
  /** Where the driver keeps its state. */
  HOME("home", Form.PATH, ".reprise", "folder of the driver's state: index/, runs/ and store/"),
  /** Where results lie; no value means in the home. */
  STORE("store", Form.PATH, "", "folder of the results, if not store/ in the home"),
  /** Stores behind the first; no value means none. */
  STORES(
      "stores",
      Form.NAMES,
      "",
      "stores that are asked, in this order, for results that the first does not have: folders, or"
          + " class:NAME of one of yours; never written"),
  /** Which executor runs the steps that name none. */
  EXECUTOR(
      "executor",
      Form.TEXT,
      "local",
      "executor of the steps that name none; ray=local runs those of Ray here, too"),
  /** What to do with the cache. */
  CACHE("cache", Form.CACHE, "on", "whether results are reused and kept"),
  /** How long to wait for an index that another process holds. */
  LOCK_TIMEOUT(
      "lock-timeout", Form.DURATION, "5m", "how long to wait for an index that another has open"),
  /** How long a run keeps others waiting without a sign of life. */
  LEASE(
      "lease",
      Form.LIMIT,
      "60s",
      "how long a run that is stuck keeps others waiting for what it makes; from 1s to 10m"),
  /** How long probes of the user's may take. */
  PROBE_TIMEOUT(
      "probe-timeout",
      Form.LIMIT,
      "30s",
      "how long to wait for a probe: of an observed source, or whether an effect is done"),
  /** Whether files that others put at a path are published over. */
  PUBLISH_REPLACE(
      "publish.replace",
      Form.TRUTH,
      "false",
      "whether results are published over files that this home did not put there"),
  /** Most units at one time. */
  MAX_PARALLEL(
      "max-parallel", Form.NUMBER, "0", "most units at one time; 0 for what the executor has"),
  /** How a run is shown. */
  CONSOLE(
      "console",
      Form.CONSOLE,
      "auto",
      "how a run is shown; auto is rich on a terminal, else plain"),
  /** Whether a failed unit stops the run. */
  KEEP_GOING(
      "keep-going", Form.TRUTH, "false", "whether to run what does not depend on a failed unit"),
  /** Whether results are reused of tasks that do not say. */
  POLICY_ENABLED(
      "policy.enabled",
      Form.STEP_TRUTH,
      "",
      "whether results are reused and kept of tasks and pipelines that do not say; STEP=false says"
          + " so of one step, whatever its task says"),
  /** Version of tasks that have none. */
  POLICY_VERSION(
      "policy.version", Form.STEP_VERSION, "", "likewise, the version in keys beside the code"),
  /** Version under which results are looked up. */
  POLICY_READ_VERSION(
      "policy.read-version",
      Form.STEP_VERSION,
      "",
      "likewise, the version that results are looked up under, if it is another than they are kept"
          + " under"),
  /** In keys beside all else. */
  POLICY_SALT("policy.salt", Form.STEP_TEXT, "", "likewise, any text in keys beside all else"),
  /** How old results may be that are taken. */
  POLICY_MAX_AGE(
      "policy.max-age",
      Form.STEP_AGE,
      "",
      "likewise, how old results may be that are taken; 0s takes none"),
  /** When results expire that are made. */
  POLICY_TTL(
      "policy.ttl", Form.STEP_LIMIT, "", "likewise, how long results that are made may be taken"),
  /** What becomes of equal units under way. */
  POLICY_SHARING(
      "policy.sharing",
      Form.STEP_SHARING,
      "",
      "likewise, what a unit does while an equal one is under way: wait for it and take-over if it"
          + " fails, wait and fail-together, or none"),
  /** When the run is ended; no value means never. */
  TIMEOUT("timeout", Form.LIMIT, "", "time after which a run is ended, if there is one"),
  /** Whose results are seen. */
  PROJECT("project", Form.TEXT, "default", "results of one project are never seen by another"),
  /** Whose results are seen, within a project. */
  ENVIRONMENT("environment", Form.TEXT, "default", "likewise, within a project"),
  /** Whose results are seen, too; no value means nobody's. */
  ENVIRONMENT_PARENTS(
      "environment.parents",
      Form.NAMES,
      "",
      "environments of the project whose results are read, too, nearest first; never written"),
  /** When nothing is stored any more. */
  STORE_FREE_SPACE_FLOOR(
      "store-free-space-floor",
      Form.SIZE,
      "64MiB",
      "nothing is kept if less is free on the disk of the store or the index"),
  /** How large the cache may become; no value means that nothing is evicted for its size. */
  GC_MAX_SIZE(
      "gc.max-size",
      Form.QUOTA,
      "",
      "how much results may take; a run that brings them over it evicts some when it has ended"),
  /** How long what nothing uses is kept when something is evicted; no value means for good. */
  GC_MAX_AGE(
      "gc.max-age",
      Form.LIMIT,
      "",
      "eviction: what was neither made nor used for longer goes, too"),
  /** How often what nothing uses goes; no value means never by itself. */
  GC_EVERY(
      "gc.every",
      Form.LIMIT,
      "",
      "how often, at most, a run that has ended evicts what gc.max-age names; off without a value"),
  /** How many runs are remembered; no value means all. */
  GC_KEEP_RUNS(
      "gc.keep-runs", Form.COUNT, "", "how many runs are remembered; older ones are forgotten"),
  /** How long a blob that nothing names is kept. */
  GC_GRACE(
      "gc.grace",
      Form.DURATION,
      "7d",
      "eviction: how long a blob that nothing names stays; must be longer than any run"),
  /** Of the local executor: time for a cancelled unit to end. */
  LOCAL_GRACE(
      "local.grace", Form.DURATION, "5s", "local executor: how long a cancelled unit may take"),
  /** Of the local executor: memory that units may claim; no value means most of the heap. */
  LOCAL_MEMORY(
      "local.memory",
      Form.ROOM,
      "",
      "local executor: memory that units may claim together, if not 3/4 of the heap"),
  /** Of the Spark executor: the cluster; no value means in this process. */
  SPARK_MASTER(
      "spark.master",
      Form.TEXT,
      "",
      "Spark executor: the cluster, such as spark://host:7077, if not in this process"),
  /** Of the Spark executor: time for a cancelled unit to end. */
  SPARK_GRACE(
      "spark.grace", Form.DURATION, "5s", "Spark executor: how long a cancelled unit may take"),
  /** Of the Spark executor: when a cluster counts as gone. */
  SPARK_START_TIMEOUT(
      "spark.start-timeout",
      Form.DURATION,
      "2m",
      "Spark executor: how long the cluster may have no executor for us"),
  /** Of the Ray executor: the cluster; no value means RAY_ADDRESS or the one started here. */
  RAY_ADDRESS(
      "ray.address", Form.TEXT, "", "Ray: HOST:PORT of the cluster's head, if not RAY_ADDRESS"),
  /** Of the Ray executor: the jar that speaks with the cluster; no value means it is looked for. */
  RAY_JAR("ray.jar", Form.TEXT, "", "Ray: the cluster's ray_dist.jar, if not that of python's ray"),
  /** Of the Ray executor: where workers' code lies; no value means in the store. */
  RAY_CODE("ray.code", Form.TEXT, "", "Ray: folder for workers' code, if not code/ in the store"),
  /** Of the Ray executor: time for a cancelled unit to end. */
  RAY_GRACE("ray.grace", Form.DURATION, "5s", "Ray: how long a cancelled unit may take"),
  /** Of the Ray executor: time for nodes to come that have what units want. */
  RAY_SCALE_UP(
      "ray.scale-up", Form.DURATION, "0s", "Ray: how long a node that units want may take to come");

  /** What the keys begin with that are options of {@code cache gc}. */
  private static final String GC = "gc.";

  /** What the keys begin with that are options of cache policies. */
  private static final String POLICY = "policy.";

  private final String key;
  private final Form form;
  private final String defaultValue;
  private final String doc;

  Setting(String key, Form form, String defaultValue, String doc) {
    this.key = key;
    this.form = form;
    this.defaultValue = defaultValue;
    this.doc = doc;
  }

  /** As written in a configuration file. */
  public String key() {
    return key;
  }

  /** The value if none is given; empty for none. */
  public String defaultValue() {
    return defaultValue;
  }

  /** What it is, in one line. */
  public String doc() {
    return doc;
  }

  /** As an environment variable. */
  public String variable() {
    return Settings.VARIABLE_PREFIX
        + key.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }

  /** As an option of the commands that have one for it. */
  String option() {
    return "--" + (key.startsWith(GC) ? key.substring(GC.length()) : key);
  }

  Form form() {
    return form;
  }

  /** What it says of cache policies; empty if it is about something else. */
  public Optional<Property> property() {
    return Arrays.stream(Property.values())
        .filter(property -> key.equals(POLICY + property.word()))
        .findFirst();
  }

  static Optional<Setting> of(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(Setting::key).collect(Collectors.toList());
  }
}
