package dev.reprise.executor.testing;

import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.codec.Codec;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.RegisteredTypes;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.Argument;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.task.Receipt;
import dev.reprise.task.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes chunks of work from methods and plain values, as a scheduler would. Not safe for threads.
 */
public final class TestWork {
  private final String run;
  private final ResultStore store;
  private final Codecs codecs;
  private final List<String> registered;
  private int inlineLimit = 10_000;
  private long attempts;

  /**
   * @param run id of the run
   * @param registered classes that values may hold
   */
  public TestWork(String run, ResultStore store, List<Class<?>> registered) {
    this.run = run;
    this.store = store;
    RegisteredTypes types = RegisteredTypes.of(registered).with(Receipt.class);
    this.codecs = Codecs.of(types);
    this.registered = types.names();
  }

  /** Sets the limit for chunks that are made from now on, in bytes. */
  public TestWork inlineLimit(int bytes) {
    inlineLimit = bytes;
    return this;
  }

  /** The only method of that name as a task that captured nothing. */
  public TaskCode code(Class<?> owner, String method) {
    return code(owner, method, Shape.ONE);
  }

  /** The only method of that name as a task that captured nothing. */
  public TaskCode code(Class<?> owner, String method, Shape shape) {
    Method found =
        Arrays.stream(owner.getDeclaredMethods())
            .filter(each -> each.getName().equals(method))
            .findFirst()
            .orElseThrow();
    String descriptor =
        MethodType.methodType(found.getReturnType(), found.getParameterTypes())
            .toMethodDescriptorString();
    return new TaskCode(
        new MethodRef(owner.getName(), method, descriptor),
        Modifier.isStatic(found.getModifiers()) ? Kind.STATIC : Kind.VIRTUAL,
        List.of(),
        found.getReturnType() == void.class,
        shape,
        registered,
        inlineLimit);
  }

  /** A chunk of one unit. */
  public WorkChunk unit(TaskCode code, @Nullable Object... arguments) {
    return chunk(code, List.of(unitOf("", arguments)));
  }

  /** A chunk of one unit, of code whose key names class-path resources. */
  public WorkChunk reading(Set<String> paths, TaskCode code, @Nullable Object... arguments) {
    return new WorkChunk(
        run,
        code.method().name(),
        code,
        Set.of(),
        paths,
        Resources.ONE_CPU,
        List.of(unitOf("", arguments)));
  }

  /** A chunk of units that claim one processor each. */
  public WorkChunk chunk(TaskCode code, List<UnitWork> units) {
    return new WorkChunk(run, code.method().name(), code, Resources.ONE_CPU, units);
  }

  /** One unit; an argument that is no {@link Argument} is encoded. */
  public UnitWork unitOf(String label, @Nullable Object... arguments) {
    List<Argument> all = new ArrayList<>();
    for (Object argument : arguments) {
      all.add(argument instanceof Argument given ? given : encoded(argument));
    }
    return new UnitWork(++attempts, label, all);
  }

  /** A value as an argument, inline. */
  public Argument encoded(@Nullable Object value) {
    return new Argument.Encoded(partition(value, Integer.MAX_VALUE));
  }

  /** A value as a partition; a blob, if it has more than {@code limit} bytes. */
  public PartitionRef partition(@Nullable Object value, int limit) {
    try (BlobWriter out = store.write(run, "driver-" + ++attempts, limit)) {
      Codec codec = codecs.forValue(value);
      Codec.Encoded encoded = codec.encode(value, out);
      return new PartitionRef(
          encoded.content(),
          codec.id(),
          out.written(),
          encoded.rows(),
          encoded.schema(),
          out.finish());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file as an argument, as it is now. */
  public static Argument file(Path path) throws IOException {
    return new Argument.File(path, FileStamp.of(path));
  }

  /** The value of a partition. */
  public @Nullable Object value(PartitionRef partition) throws IOException {
    return codecs.byId(partition.codec()).decode(store.read(partition.location()));
  }
}
