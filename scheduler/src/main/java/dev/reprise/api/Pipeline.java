package dev.reprise.api;

import static dev.reprise.cache.base.Checks.checkArgument;
import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.GraphBuilder;
import dev.reprise.graph.GraphBuilder.Enclosing;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.ObservedSpec;
import dev.reprise.graph.PipelineException;
import dev.reprise.graph.Publication;
import dev.reprise.graph.ResourceSpec;
import dev.reprise.graph.TaskGraph;
import dev.reprise.task.CachePolicy;
import dev.reprise.task.Functions.F1;
import dev.reprise.task.Receipt;
import dev.reprise.task.Task;
import dev.reprise.task.Task0;
import dev.reprise.task.Task1;
import dev.reprise.task.Task2;
import dev.reprise.task.Task3;
import dev.reprise.task.Task4;
import dev.reprise.task.Task5;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline: steps and how they feed each other, with its parameters bound to values.
 *
 * <pre>{@code
 * static void define(Pipeline.Builder p) {
 *   var late    = p.param("late-minutes", 15);
 *   var flights = p.files("flights", Path.of("data"), "month=*\/*.parquet");
 *   var delays  = p.perPartition("delays", task(Delays::byOrigin), flights, late);
 *   var total   = p.step("total", task(Delays::total), delays.all());
 *   p.result("total", total);
 * }
 * }</pre>
 */
public final class Pipeline {
  private final TaskGraph graph;
  private final Map<String, String> parameters;
  private final GraphBuilder declared;
  private final List<Publication> publications;

  private Pipeline(TaskGraph graph, Map<String, String> parameters, GraphBuilder declared) {
    this.graph = graph;
    this.parameters = parameters;
    this.declared = declared;
    this.publications = declared.publications();
  }

  /**
   * A pipeline with what its definition returned, usually the handles whose results are wanted.
   *
   * @param handles for {@link Run#result(Value)}
   */
  public record Defined<H extends @Nullable Object>(Pipeline pipeline, H handles) {}

  /**
   * What the user writes: wires tasks with typed handles. May run many times, so keep it free of
   * effects.
   */
  @FunctionalInterface
  public interface Definition {
    /** Declares steps. */
    void define(Builder pipeline) throws Exception;
  }

  /**
   * Defines a pipeline whose parameters have their defaults.
   *
   * @throws PipelineException if the definition is not valid
   */
  public static Pipeline define(String name, Definition definition) {
    return define(name, definition, Parameters.NONE);
  }

  /**
   * Defines a pipeline.
   *
   * @param given values of parameters
   * @throws PipelineException if the definition is not valid
   * @throws ParameterException if a value does not fit, or is of no parameter
   */
  public static Pipeline define(String name, Definition definition, Parameters given) {
    return with(
            name,
            builder -> {
              definition.define(builder);
              return true;
            },
            given)
        .pipeline();
  }

  /**
   * Defines a pipeline and keeps the handles that the definition returns, so that results can be
   * had by them. Otherwise as {@link #define(String, Definition, Parameters)}.
   */
  public static <H extends @Nullable Object> Defined<H> with(
      String name, F1<Builder, H> definition, Parameters given) {
    return with(name, definition, new ParameterBinding(given));
  }

  static <H extends @Nullable Object> Defined<H> with(
      String name, F1<Builder, H> definition, ParameterBinding binding) {
    GraphBuilder graph = new GraphBuilder(name);
    H handles;
    try {
      handles = definition.apply(new Builder(graph, binding, "", new Enclosing(null, "")));
    } catch (PipelineException | ParameterException e) {
      throw e;
    } catch (NoClassDefFoundError e) {
      throw new PipelineException(
          "pipeline '%s' needs class %s, which is not on the class path; add the jars of the engine that it is written for"
              .formatted(name, String.valueOf(e.getMessage()).replace('/', '.')),
          e);
    } catch (Exception | Error e) {
      throw new PipelineException("the definition of pipeline '" + name + "' threw " + e, e);
    }
    binding.checkAllUsed(name);
    return new Defined<>(new Pipeline(graph.build(), binding.bound(), graph), handles);
  }

  /** As {@link #with(String, F1, Parameters)}, with the parameters' defaults. */
  public static <H extends @Nullable Object> Defined<H> with(
      String name, F1<Builder, H> definition) {
    return with(name, definition, Parameters.NONE);
  }

  /** Id of the node that a handle was made for. */
  int nodeOf(FromNode edge) {
    return declared.id(edge.node());
  }

  /**
   * Refuses a handle that another definition made: it would mean another step.
   *
   * @param owner of the handle; null for a constant's
   */
  void checkOwn(@Nullable GraphBuilder owner) {
    checkArgument(
        owner == null || owner == declared,
        "the handle is of another definition than the one behind this run of '%s'; take one that"
            + " its own definition returned",
        name());
  }

  /** Name of the pipeline. */
  public String name() {
    return graph.pipeline();
  }

  /** The graph made from the definition. */
  public TaskGraph graph() {
    return graph;
  }

  /** The results that are put at paths of the user's, in the order of the definition. */
  public List<Publication> publications() {
    return publications;
  }

  /** All parameters with the values they have, as text, in the order of the definition. */
  public Map<String, String> parameters() {
    return parameters;
  }

  /** Declares the steps of a pipeline. */
  public static final class Builder {
    private final GraphBuilder graph;
    private final ParameterBinding parameters;
    private final String prefix;
    private final Enclosing enclosing;

    Builder(GraphBuilder graph, ParameterBinding parameters, String prefix, Enclosing enclosing) {
      this.graph = graph;
      this.parameters = parameters;
      this.prefix = prefix;
      this.enclosing = enclosing;
    }

    /**
     * Says of all steps of this pipeline what their tasks leave open, also of those that are nested
     * in it, whose own policy goes first, and wherever in the definition it stands:
     *
     * <pre>{@code
     * p.policy(CachePolicy.DEFAULT.withMaxAge(Duration.ofDays(7)));
     * p.step("prices", task(Shop::prices).maxAge(Duration.ofHours(1)), day); // an hour
     * }</pre>
     *
     * @throws PipelineException if it says what is about one function, such as ignored arguments
     */
    public void policy(CachePolicy policy) {
      enclosing.policy(policy);
    }

    /**
     * Keeps the results of this nested pipeline as a whole, wherever in its definition it says so:
     * with the same code of all its steps, and the same of all that they take from elsewhere, what
     * it hands out is found together, and none of its steps is needed, whether their results are
     * there or not, nor those that keep none. So a step of it that looks at what no key has, or has
     * an effect, does not run then.
     *
     * <pre>{@code
     * var features = p.nested("features", inner -> {
     *   inner.keptWhole();
     *   var raw = inner.step("download", task(Shop::download).uncached(), day);
     *   return inner.step("clean", task(Shop::clean), raw);
     * });
     * }</pre>
     *
     * @throws PipelineException if this is not a nested pipeline. That of the definition as a whole
     *     is not valid if it hands out nothing, or what is not kept
     */
    public void keptWhole() {
      enclosing.whole();
    }

    /**
     * Declares a parameter; its type is that of the default. Text, whole and decimal numbers, truth
     * values, enums, {@link Path}, {@link java.time.Duration} and {@link java.time.LocalDate} are
     * understood. For what must not be seen there is {@link #secret}.
     *
     * @throws ParameterException if the value given for it does not fit
     */
    public <T> Value<T> param(String name, T defaultValue) {
      return new Value<>(null, new Edge.Constant(name, parameters.bind(name, defaultValue)));
    }

    /**
     * Declares a parameter that is a secret, such as a password. Nobody gives its value; what is
     * given is the place where it is found, {@code env:NAME} for an environment variable or {@code
     * file:PATH} for a file that holds nothing else. The value is in keys as an HMAC, and written
     * nowhere; so a step that takes it is one for the driver, such as {@code local(...)}.
     *
     * @param defaultPlace where to look unless another place is given
     * @throws ParameterException if the place is of another form, or has no secret
     */
    public Value<Secret<String>> secret(String name, String defaultPlace) {
      return new Value<>(null, new Edge.Constant(name, parameters.bindSecret(name, defaultPlace)));
    }

    /**
     * The time that the run is meant for, as its scheduler gives it ({@code --scheduled-time}, or
     * {@link Parameters#SCHEDULED_TIME}), whenever it really runs. It is in the keys of the steps
     * that take it, unless a task {@linkplain Task#ignoring ignores} {@code "scheduled-time"}.
     *
     * @throws ParameterException if it is not given, or is no time
     */
    public Value<Instant> scheduledTime() {
      String name = Parameters.SCHEDULED_TIME;
      return new Value<>(null, new Edge.Constant(name, parameters.bindTime(name)));
    }

    /**
     * Declares a resource: an object that steps work with, such as a connection, which is made for
     * each unit that takes it, where that runs, and closed afterwards if it is {@link
     * AutoCloseable}.
     *
     * <pre>{@code
     * var region = p.param("region", "eu");
     * var shop   = p.resource("shop", task(Shop::open).version("3"), region);
     * p.step("orders", task(Orders::load), month, shop); // static Orders load(Month m, Shop s)
     * }</pre>
     *
     * <p>In the keys of the steps that take it, and of no others, are its code, its version and
     * configuration, and those of resources that it takes. What the object itself holds is in no
     * key. Units that run have it anew, so let it be cheap to make, or share what is not.
     *
     * @param task makes it, with what a task says of how it is identified: version, salt, strategy,
     *     code identity, ignored arguments, other code
     * @throws PipelineException if the name is taken, or the task says more of reuse
     */
    public <T extends @Nullable Object> Value<T> resource(String name, Task0<T> task) {
      return resource(name, task, List.of());
    }

    /**
     * Declares a resource as {@link #resource(String, Task0)}.
     *
     * @param a its configuration: a constant, a parameter or another resource
     * @throws PipelineException also if it is the result of a step
     */
    public <A extends @Nullable Object, T extends @Nullable Object> Value<T> resource(
        String name, Task1<A, T> task, Value<? extends A> a) {
      return resource(name, task, List.of(a));
    }

    /** Declares a resource as {@link #resource(String, Task1, Value)}. */
    public <A extends @Nullable Object, B extends @Nullable Object, T extends @Nullable Object>
        Value<T> resource(
            String name, Task2<A, B, T> task, Value<? extends A> a, Value<? extends B> b) {
      return resource(name, task, List.of(a, b));
    }

    /** Declares a resource as {@link #resource(String, Task1, Value)}. */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            T extends @Nullable Object>
        Value<T> resource(
            String name,
            Task3<A, B, C, T> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c) {
      return resource(name, task, List.of(a, b, c));
    }

    private <T extends @Nullable Object> Value<T> resource(
        String name, Task<T, ?> task, List<Value<?>> inputs) {
      String whole = prefix + name;
      List<Edge.Constant> configuration = new ArrayList<>();
      for (Value<?> input : inputs) {
        if (!(edgeOf("resource '" + whole + "'", input) instanceof Edge.Constant constant)) {
          throw new PipelineException(
              "resource '%s' takes the result of a step, and resources are identified before anything runs; give it a parameter, a constant or another resource, and the result to the step"
                  .formatted(whole));
        }
        configuration.add(constant);
      }
      ResourceSpec resource = new ResourceSpec(whole, task.spec(), configuration);
      graph.resource(whole);
      return new Value<>(graph, new Edge.Constant(whole, resource));
    }

    /**
     * Declares a source outside, such as a table or a folder of another system: a step that takes
     * it gets {@code source}, which says where it is, and has in its key what {@code version} says
     * of the content behind it.
     *
     * <pre>{@code
     * var orders = p.observed("orders", p.param("orders", "shop.orders"), Warehouse::snapshotOf);
     * p.step("totals", task(Totals::of), orders); // static Totals of(String table)
     * }</pre>
     *
     * <p>It is asked once for each run and each plan, when keys are made, and again before results
     * are kept of steps that take the source: if it says something else then, they are not. Its own
     * code is in no key. If it throws, says nothing, or takes longer than {@code probe-timeout},
     * the steps have no key: they run, keep nothing and say why.
     *
     * @param source a constant or a parameter
     * @param version returns a text that differs wherever the content does, such as a snapshot id,
     *     an ETag or a time of change; soon, and in a thread of its own on the driver
     * @throws PipelineException if the name is taken, or {@code source} is the result of a step
     */
    public <T> Value<T> observed(
        String name, Value<T> source, F1<? super T, @Nullable String> version) {
      String whole = prefix + name;
      boolean given =
          edgeOf("source '" + whole + "'", source) instanceof Edge.Constant constant
              && constant.value() != null
              && !(constant.value() instanceof ResourceSpec)
              && !(constant.value() instanceof ObservedSpec);
      if (!given) {
        throw new PipelineException(
            "source '%s' is observed before anything runs: tell where it is with a parameter or a constant"
                .formatted(whole));
      }
      // The value behind the handle is of the handle's type.
      @SuppressWarnings("unchecked")
      T where = (T) requireNonNull(((Edge.Constant) source.edge()).value());
      graph.source(whole);
      return new Value<>(
          graph,
          new Edge.Constant(whole, new ObservedSpec(whole, where, () -> version.apply(where))));
    }

    /**
     * The value of an environment variable of the driver's, which is in the keys of the steps that
     * take it. What a task reads of the environment itself is in no key, and may be another on each
     * worker. For what must not be seen there is {@link #secret}.
     *
     * @throws ParameterException if it is not set
     */
    public Value<String> environment(String variable) {
      return new Value<>(null, new Edge.Constant(variable, parameters.variable(variable, null)));
    }

    /** As {@link #environment(String)}, with a value for where it is not set. */
    public Value<String> environment(String variable, String otherwise) {
      return new Value<>(
          null, new Edge.Constant(variable, parameters.variable(variable, otherwise)));
    }

    /** A constant. Its canonical form is in the key of the steps that take it. */
    public <T extends @Nullable Object> Value<T> value(T constant) {
      return new Value<>(null, new Edge.Constant("", constant));
    }

    /**
     * Makes calls of a task with equal arguments one execution within a run, as {@link Task#memo}
     * does, for all tasks of the pipeline that do not say otherwise.
     */
    public void memo() {
      graph.memo();
    }

    /**
     * Lets a function say what stands for values of a type in keys: for a type that has no
     * canonical form, so that steps that take it would run uncached, or one of which only a part
     * matters. It counts for constants and captured values of all steps of the pipeline, also
     * inside lists and maps, and for types that extend this one; results of steps enter keys by
     * their content. Two values of which it says the same are the same to the cache, and its own
     * code is not in the key: give the tasks another {@code version(...)} when it changes.
     *
     * @param function returns a text that differs wherever tasks could; if it throws or returns
     *     null there is no key, and the step says so
     * @throws PipelineException if there is a function for the type already
     */
    public <T> void hashText(Class<T> type, Function<? super T, String> function) {
      graph.hash(functions -> functions.withText(type, function));
    }

    /** As {@link #hashText}, with a function that gives bytes. */
    public <T> void hashBytes(Class<T> type, Function<? super T, byte[]> function) {
      graph.hash(functions -> functions.withBytes(type, function));
    }

    /**
     * Declares files as a source with a partition each, in the order of their labels. A label is
     * the folder of the file if that tells the files apart, else its path, relative to {@code
     * root}.
     *
     * @param root folder to look in; a parameter or a constant
     * @param pattern relative to it, with {@code *}, {@code ?}, {@code **} and <code>{a,b}</code>
     * @throws PipelineException if the folder is not there or nothing matches
     */
    public Partitions<Path> files(String name, Value<Path> root, String pattern) {
      return Partitions.of(
          graph,
          graph.files(prefix + name, SourceFiles.find(prefix + name, constant(root), pattern)));
    }

    /**
     * Declares files as {@link #files(String, Value, String)}, in a folder that is no parameter.
     */
    public Partitions<Path> files(String name, Path root, String pattern) {
      return files(name, value(root), pattern);
    }

    /**
     * Declares one file as a source.
     *
     * @throws PipelineException if it is not there
     */
    public Value<Path> file(String name, Value<Path> path) {
      int node = graph.files(prefix + name, SourceFiles.one(prefix + name, constant(path)));
      return new Value<>(graph, new Edge.Part(node, 0));
    }

    /** Declares one file as {@link #file(String, Value)}, at a path that is no parameter. */
    public Value<Path> file(String name, Path path) {
      return file(name, value(path));
    }

    /**
     * Declares a part of the pipeline whose steps have {@code name.} in front of theirs.
     *
     * @param part declares its steps and returns what the rest needs of it
     */
    public <H extends @Nullable Object> H nested(String name, Function<Builder, H> part) {
      GraphBuilder.checkName("a nested pipeline", name);
      String inner = prefix + name;
      return part.apply(
          new Builder(graph, parameters, inner + ".", new Enclosing(enclosing, inner)));
    }

    /**
     * Refers to the value of a step that is declared elsewhere, earlier or later, by its whole
     * name.
     *
     * @param type of its value; a pipeline whose step returns another class is not valid. Type
     *     arguments are not checked, nor is a step that returns an {@code Object}
     */
    public <T extends @Nullable Object> Value<T> ref(String step, Class<T> type) {
      return new Value<>(graph, new Edge.Whole(graph.reference(step, false, type)));
    }

    /** Refers to the partitions of a step or source as {@link #ref} to a value. */
    public <T extends @Nullable Object> Partitions<T> refPartitions(String step, Class<T> type) {
      return Partitions.of(graph, graph.reference(step, true, type));
    }

    /**
     * Lets {@code later} run only when {@code earlier} has succeeded, although nothing is passed.
     */
    public void after(Input<?> later, Input<?> earlier) {
      graph.after(nodeOf(later), nodeOf(earlier));
    }

    /**
     * Asks whether what a side effect does is done already; then it is not run, ends {@code MEMO},
     * and what waits for it goes on.
     *
     * <pre>{@code
     * var out  = p.param("out", Path.of("report.csv"));
     * var sent = p.step("send", action(Shop::send), report, out);
     * p.doneIf(sent, out, Files::exists);
     * }</pre>
     *
     * <p>It is asked when a run or a plan begins, and counts when all that the effect takes is
     * there. A step that is named to run again is not asked. If the probe throws, or takes longer
     * than {@code probe-timeout}, the effect runs and the run warns.
     *
     * @param effect a side effect of which no receipts are kept; another makes the pipeline invalid
     * @param given for the probe: a constant or a parameter
     * @param probe answers soon, in a thread of its own on the driver; others are asked meanwhile
     */
    public <A> void doneIf(Value<Receipt> effect, Value<A> given, F1<? super A, Boolean> probe) {
      boolean known =
          edgeOf("a probe", given) instanceof Edge.Constant constant
              && constant.value() != null
              && !(constant.value() instanceof ResourceSpec)
              && !(constant.value() instanceof ObservedSpec);
      if (!known) {
        throw new PipelineException(
            "whether a step is done is asked before anything runs: give the probe a parameter or a constant");
      }
      // The value behind the handle is of the handle's type.
      @SuppressWarnings("unchecked")
      A value = (A) requireNonNull(((Edge.Constant) given.edge()).value());
      graph.probe(nodeOf(effect), () -> Boolean.TRUE.equals(probe.apply(value)));
    }

    /** Names something that the pipeline hands out. */
    public void result(String name, Value<?> value) {
      graph.result(prefix + name, edgeOf("result '" + prefix + name + "'", value));
    }

    /** Names partitions that the pipeline hands out. */
    public void result(String name, Partitions<?> partitions) {
      graph.result(prefix + name, edgeOf("result '" + prefix + name + "'", partitions.all()));
    }

    /**
     * Puts a named result into a file, at the end of every run that has the result, whether it was
     * made or found. The file appears whole, in place of what was put there before; it is not
     * written if it is there and nobody has changed it. A file that others made stays, unless it is
     * empty, and one that this home knows nothing of is another's: the run fails then (exit 1) if
     * it has not the same bytes, unless {@code publish.replace} is set. What counts is the path
     * without links. If it cannot be written the run fails, too, and what it made is kept. A table
     * has the form that the file's name ends with: {@code .csv}, {@code .json}, {@code .arrow},
     * {@code .parquet} (with DuckDB's driver on the class path) or {@code .txt}; several partitions
     * come one after the other.
     *
     * @param result its name, see {@link #result(String, Value)}
     * @param file a parameter or a constant; folders above it are made
     * @throws PipelineException if there is no such result, or something else is put there
     */
    public void publish(String result, Value<Path> file) {
      graph.publish(new Publication(result, constant(file), ""));
    }

    /** Puts a result into a file as {@link #publish(String, Value)}. */
    public void publish(String result, Path file) {
      publish(result, value(file));
    }

    /**
     * Puts a named result into a folder, a file for each partition, {@code
     * part-00000-month=2001-01.parquet}, otherwise as {@link #publish(String, Value)}. The folder
     * has these files alone: it is replaced as a whole, and so must be empty, or one that was
     * published.
     *
     * @param form how the names of the files end, such as {@code parquet}
     */
    public void publishFolder(String result, Value<Path> folder, String form) {
      if (!form.matches("[\\p{L}\\p{N}]{1,20}")) {
        throw new PipelineException(
            "files of result '%s' cannot end with %s; use letters and digits, such as parquet"
                .formatted(result, Text.quote(form)));
      }
      graph.publish(new Publication(result, constant(folder), form));
    }

    /** Puts a result into a folder as {@link #publishFolder(String, Value, String)}. */
    public void publishFolder(String result, Path folder, String form) {
      publishFolder(result, value(folder), form);
    }

    /** Declares a step with one unit, of a task of no arguments. */
    public <R extends @Nullable Object> Value<R> step(String name, Task0<R> task) {
      return single(name, task, List.of());
    }

    /** Declares a step with one unit, of a task of one argument. */
    public <A extends @Nullable Object, R extends @Nullable Object> Value<R> step(
        String name, Task1<A, R> task, Value<? extends A> a) {
      return single(name, task, List.of(a));
    }

    /** Declares a step with one unit, of a task of two arguments. */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
        Value<R> step(
            String name, Task2<A, B, R> task, Value<? extends A> a, Value<? extends B> b) {
      return single(name, task, List.of(a, b));
    }

    /** Declares a step with one unit, of a task of three arguments. */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            R extends @Nullable Object>
        Value<R> step(
            String name,
            Task3<A, B, C, R> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c) {
      return single(name, task, List.of(a, b, c));
    }

    /** Declares a step with one unit, of a task of four arguments. */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            D extends @Nullable Object,
            R extends @Nullable Object>
        Value<R> step(
            String name,
            Task4<A, B, C, D, R> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c,
            Value<? extends D> d) {
      return single(name, task, List.of(a, b, c, d));
    }

    /** Declares a step with one unit, of a task of five arguments. */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            D extends @Nullable Object,
            E extends @Nullable Object,
            R extends @Nullable Object>
        Value<R> step(
            String name,
            Task5<A, B, C, D, E, R> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c,
            Value<? extends D> d,
            Value<? extends E> e) {
      return single(name, task, List.of(a, b, c, d, e));
    }

    /** Declares a step with a unit for each partition of its first input. */
    public <A extends @Nullable Object, R extends @Nullable Object> Partitions<R> perPartition(
        String name, Task1<A, R> task, Partitions<? extends A> a) {
      return each(name, task, List.of(a));
    }

    /**
     * Declares a step with a unit for each partition of its first input. Further partitions are
     * taken place by place; a value goes to every unit.
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
        Partitions<R> perPartition(
            String name, Task2<A, B, R> task, Partitions<? extends A> a, Input<? extends B> b) {
      return each(name, task, List.of(a, b));
    }

    /**
     * Declares a step with a unit for each partition of its first input. Further partitions are
     * taken place by place; a value goes to every unit.
     */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            R extends @Nullable Object>
        Partitions<R> perPartition(
            String name,
            Task3<A, B, C, R> task,
            Partitions<? extends A> a,
            Input<? extends B> b,
            Input<? extends C> c) {
      return each(name, task, List.of(a, b, c));
    }

    /**
     * Declares a step with a unit for each partition of its first input. Further partitions are
     * taken place by place; a value goes to every unit.
     */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            D extends @Nullable Object,
            R extends @Nullable Object>
        Partitions<R> perPartition(
            String name,
            Task4<A, B, C, D, R> task,
            Partitions<? extends A> a,
            Input<? extends B> b,
            Input<? extends C> c,
            Input<? extends D> d) {
      return each(name, task, List.of(a, b, c, d));
    }

    /**
     * Declares a step with a unit for each partition of its first input. Further partitions are
     * taken place by place; a value goes to every unit.
     */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            D extends @Nullable Object,
            E extends @Nullable Object,
            R extends @Nullable Object>
        Partitions<R> perPartition(
            String name,
            Task5<A, B, C, D, E, R> task,
            Partitions<? extends A> a,
            Input<? extends B> b,
            Input<? extends C> c,
            Input<? extends D> d,
            Input<? extends E> e) {
      return each(name, task, List.of(a, b, c, d, e));
    }

    /**
     * Declares a step that computes a list at run time, of a task of no arguments. Its elements are
     * partitions with an identity each: what depends on one is untouched by a change of another.
     */
    public <R extends @Nullable Object> Partitions<R> fanOut(
        String name, Task0<? extends List<R>> task) {
      return many(name, task, List.of());
    }

    /**
     * Declares a step that computes a list at run time, of a task of one argument. Its elements are
     * partitions with an identity each: what depends on one is untouched by a change of another.
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Partitions<R> fanOut(
        String name, Task1<A, ? extends List<R>> task, Value<? extends A> a) {
      return many(name, task, List.of(a));
    }

    /**
     * Declares a step that computes a list at run time, of a task of two arguments. Its elements
     * are partitions with an identity each: what depends on one is untouched by a change of
     * another.
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
        Partitions<R> fanOut(
            String name,
            Task2<A, B, ? extends List<R>> task,
            Value<? extends A> a,
            Value<? extends B> b) {
      return many(name, task, List.of(a, b));
    }

    /**
     * Declares a step that computes a list at run time, of a task of three arguments. Its elements
     * are partitions with an identity each: what depends on one is untouched by a change of
     * another.
     */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            R extends @Nullable Object>
        Partitions<R> fanOut(
            String name,
            Task3<A, B, C, ? extends List<R>> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c) {
      return many(name, task, List.of(a, b, c));
    }

    /**
     * Declares a step that computes a list at run time, of a task of four arguments. Its elements
     * are partitions with an identity each: what depends on one is untouched by a change of
     * another.
     */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            D extends @Nullable Object,
            R extends @Nullable Object>
        Partitions<R> fanOut(
            String name,
            Task4<A, B, C, D, ? extends List<R>> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c,
            Value<? extends D> d) {
      return many(name, task, List.of(a, b, c, d));
    }

    /**
     * Declares a step that computes a list at run time, of a task of five arguments. Its elements
     * are partitions with an identity each: what depends on one is untouched by a change of
     * another.
     */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            D extends @Nullable Object,
            E extends @Nullable Object,
            R extends @Nullable Object>
        Partitions<R> fanOut(
            String name,
            Task5<A, B, C, D, E, ? extends List<R>> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c,
            Value<? extends D> d,
            Value<? extends E> e) {
      return many(name, task, List.of(a, b, c, d, e));
    }

    /**
     * Declares a step with several results, of a task of no arguments: the components of {@code
     * type}.
     */
    public <R extends Record> Outputs<R> outputs(String name, Class<R> type, Task0<R> task) {
      return parts(name, type, task, List.of());
    }

    /**
     * Declares a step with several results, of a task of one argument: the components of {@code
     * type}.
     */
    public <A extends @Nullable Object, R extends Record> Outputs<R> outputs(
        String name, Class<R> type, Task1<A, R> task, Value<? extends A> a) {
      return parts(name, type, task, List.of(a));
    }

    /**
     * Declares a step with several results, of a task of two arguments: the components of {@code
     * type}.
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends Record>
        Outputs<R> outputs(
            String name,
            Class<R> type,
            Task2<A, B, R> task,
            Value<? extends A> a,
            Value<? extends B> b) {
      return parts(name, type, task, List.of(a, b));
    }

    /**
     * Declares a step with several results, of a task of three arguments: the components of {@code
     * type}.
     */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            R extends Record>
        Outputs<R> outputs(
            String name,
            Class<R> type,
            Task3<A, B, C, R> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c) {
      return parts(name, type, task, List.of(a, b, c));
    }

    /**
     * Declares a step with several results, of a task of four arguments: the components of {@code
     * type}.
     */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            D extends @Nullable Object,
            R extends Record>
        Outputs<R> outputs(
            String name,
            Class<R> type,
            Task4<A, B, C, D, R> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c,
            Value<? extends D> d) {
      return parts(name, type, task, List.of(a, b, c, d));
    }

    /**
     * Declares a step with several results, of a task of five arguments: the components of {@code
     * type}.
     */
    public <
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            D extends @Nullable Object,
            E extends @Nullable Object,
            R extends Record>
        Outputs<R> outputs(
            String name,
            Class<R> type,
            Task5<A, B, C, D, E, R> task,
            Value<? extends A> a,
            Value<? extends B> b,
            Value<? extends C> c,
            Value<? extends D> d,
            Value<? extends E> e) {
      return parts(name, type, task, List.of(a, b, c, d, e));
    }

    /**
     * Declares a step that combines all partitions into one value, by a tree of units: each takes
     * up to {@code fanIn} values in order and makes one of them, so that a change of one partition
     * repeats only the units on its way to the root.
     *
     * @param fanIn at least 2
     * @param task associative; called with one value or more, or once with none if there are no
     *     partitions
     */
    public <T extends @Nullable Object> Value<T> combine(
        String name, int fanIn, Task1<List<T>, T> task, Partitions<? extends T> partitions) {
      if (fanIn < 2) {
        throw new PipelineException(
            "step '%s' combines %d at a time; use 2 or more".formatted(prefix + name, fanIn));
      }
      Edge all = edgeOf("step '" + prefix + name + "'", partitions.all());
      List<Edge> inputs = List.of(new Edge.Tree(((FromNode) all).node()));
      return new Value<>(
          graph,
          new Edge.Whole(
              graph.step(prefix + name, Kind.COMBINE, task.spec(), inputs, fanIn, enclosing)));
    }

    private <R extends @Nullable Object> Value<R> single(
        String name, Task<R, ?> task, List<? extends Input<?>> inputs) {
      return new Value<>(graph, new Edge.Whole(step(name, Kind.SINGLE, task, inputs)));
    }

    private <R extends @Nullable Object> Partitions<R> each(
        String name, Task<R, ?> task, List<? extends Input<?>> inputs) {
      return Partitions.of(graph, step(name, Kind.EACH, task, inputs));
    }

    private <R extends @Nullable Object> Partitions<R> many(
        String name, Task<? extends List<R>, ?> task, List<? extends Input<?>> inputs) {
      return Partitions.of(graph, graph.elements(step(name, Kind.FAN_OUT, task, inputs)));
    }

    private <R extends Record> Outputs<R> parts(
        String name, Class<R> type, Task<R, ?> task, List<? extends Input<?>> inputs) {
      List<String> names =
          Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
      int step = step(name, Kind.FAN_OUT, task.register(type), inputs);
      return new Outputs<>(graph, graph.parts(step, names), names, type);
    }

    private int step(String name, Kind kind, Task<?, ?> task, List<? extends Input<?>> inputs) {
      String step = prefix + name;
      List<Edge> edges =
          inputs.stream().map(input -> edgeOf("step '" + step + "'", input)).toList();
      return graph.step(step, kind, task.spec(), edges, 0, enclosing);
    }

    /**
     * The edge behind a handle. One of another definition would mean whatever step of this one has
     * the same place.
     */
    private Edge edgeOf(String consumer, Input<?> input) {
      Edge edge;
      GraphBuilder owner;
      if (input instanceof Value<?> value) {
        edge = value.edge();
        owner = value.owner();
      } else {
        Partitions<?> partitions = (Partitions<?>) input;
        edge = partitions.edge();
        owner = partitions.owner();
      }
      if (owner != null && owner != graph) {
        throw new PipelineException(
            consumer
                + " takes a handle that another definition made, or this one when it ran before;"
                + " declare the step that it stands for here");
      }
      return edge;
    }

    private int nodeOf(Input<?> input) {
      if (edgeOf("an order", input) instanceof FromNode from) {
        return from.node();
      }
      throw new PipelineException("a constant has no time to come before or after");
    }

    private static Path constant(Value<Path> value) {
      if (value.edge() instanceof Edge.Constant constant && constant.value() instanceof Path path) {
        return path;
      }
      throw new PipelineException(
          "where files are must be known before the run: pass a parameter or a constant, not the"
              + " result of a step");
    }
  }
}
