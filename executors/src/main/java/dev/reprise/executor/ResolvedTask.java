package dev.reprise.executor;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.code.TaskFunction;
import dev.reprise.cache.codec.Codec;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.NoCodecException;
import dev.reprise.cache.codec.RegisteredTypes;
import dev.reprise.cache.codec.SharedCodecs;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.task.Receipt;
import dev.reprise.task.TaskSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is behind a task's function, and how it and the values that the user gives it are told to
 * workers. On the driver.
 */
public final class ResolvedTask {
  private final TaskFunction function;
  private final TaskCode code;
  private final List<String> parameters;
  private final Type resultType;
  private final List<Captured> captured;
  private final Codecs codecs;

  private ResolvedTask(
      TaskFunction function,
      TaskCode code,
      List<String> parameters,
      Type resultType,
      List<Captured> captured,
      Codecs codecs) {
    this.function = function;
    this.code = code;
    this.parameters = parameters;
    this.resultType = resultType;
    this.captured = captured;
    this.codecs = codecs;
  }

  /**
   * A value that goes to a worker.
   *
   * @param argument holds the value encoded, or live if it cannot be
   * @param liveBecause which part of the value cannot be encoded and what to do about it; null if
   *     the value can go anywhere
   */
  public record Passed(Argument argument, @Nullable String liveBecause) {}

  /**
   * A value that the function captured.
   *
   * @param name of the variable as far as the class file has it; {@code this} for the receiver
   */
  public record Captured(String name, @Nullable Object value, Passed passed) {}

  /**
   * Resolves the function of {@code spec}. Runs none of the user's code.
   *
   * @param shape of the result
   * @param inlineLimit results of at most so many bytes come back inline, in bytes
   * @param shared codecs of tasks that were resolved before
   * @throws IllegalArgumentException if there is no method to be found behind it; says what to
   *     write instead
   */
  public static ResolvedTask of(TaskSpec spec, Shape shape, int inlineLimit, SharedCodecs shared) {
    TaskFunction function = TaskFunction.of(spec.function());
    Signature signature = Signature.of(function, spec.function().getClass().getClassLoader());
    List<Type> declared = new ArrayList<>(signature.types());
    declared.addAll(spec.registered());
    declared.add(Receipt.class);
    RegisteredTypes types = shared.types(declared);
    Codecs codecs = shared.of(types);
    List<Captured> captured = new ArrayList<>();
    for (int i = 0; i < function.captured().size(); i++) {
      Object value = function.captured().get(i);
      captured.add(new Captured(signature.capturedName(i), value, pass(value, codecs)));
    }
    TaskCode code =
        new TaskCode(
            function.method(),
            Kind.valueOf(function.kind().name()),
            captured.stream().map(each -> each.passed().argument()).toList(),
            spec.effect(),
            shape,
            types.names(),
            inlineLimit,
            spec.rowOrder());
    return new ResolvedTask(
        function,
        code,
        signature.parameterNames(spec.arity()),
        signature.resultType(),
        List.copyOf(captured),
        codecs);
  }

  /** The method and how it is called. */
  public TaskFunction function() {
    return function;
  }

  /** What workers call. */
  public TaskCode code() {
    return code;
  }

  /** Names of the arguments' parameters, empty where the class file has none; one per argument. */
  public List<String> parameters() {
    return parameters;
  }

  /** What the method returns, with type arguments; of a lambda the compiler keeps none. */
  public Type resultType() {
    return resultType;
  }

  /** What the function captured, the receiver first if there is one. */
  public List<Captured> captured() {
    return captured;
  }

  /** A value that the user gave as an argument of this task. */
  public Passed pass(@Nullable Object value) {
    return pass(value, codecs);
  }

  private static Passed pass(@Nullable Object value, Codecs codecs) {
    if (value instanceof Path) {
      // The codec would copy the file; who captured a path wants that path.
      return new Passed(
          new Argument.Live(value),
          "a Path says where a file is on this machine; declare the file as an input");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      Codec codec = codecs.forValue(value);
      Codec.Encoded encoded = codec.encode(value, bytes);
      Location inline = new Location.Inline(Bytes.wrap(bytes.toByteArray()));
      return new Passed(
          new Argument.Encoded(
              new PartitionRef(
                  encoded.content(),
                  codec.id(),
                  bytes.size(),
                  encoded.rows(),
                  encoded.schema(),
                  inline)),
          null);
    } catch (NoCodecException e) {
      return new Passed(new Argument.Live(value), e.getMessage());
    } catch (IOException | RuntimeException e) {
      // The bytes go to memory: what fails is reading the value, perhaps in code of its own.
      return new Passed(new Argument.Live(value), "it cannot be read: " + e);
    }
  }
}
