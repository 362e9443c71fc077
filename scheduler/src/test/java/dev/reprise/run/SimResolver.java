package dev.reprise.run;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.codec.Codec;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.RegisteredTypes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.executor.Argument;
import dev.reprise.executor.ResolvedTask.Passed;
import dev.reprise.executor.TaskCode;
import dev.reprise.plan.TaskResolver;
import dev.reprise.run.SimCode.Body;
import dev.reprise.task.Receipt;
import dev.reprise.task.TaskSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds what workers call for a simulated task: a method of {@link SimCode}, which gets the body of
 * the task as if it had captured it. The body is the code's identity, too.
 */
final class SimResolver implements TaskResolver {
  /** The least that does not lie inline, so that small texts do and long ones do not. */
  private static final int INLINE_LIMIT = 20;

  private static final RegisteredTypes TYPES = RegisteredTypes.of(List.of()).with(Receipt.class);
  static final Codecs CODECS = Codecs.of(TYPES);

  private final Map<String, Body> bodies;

  SimResolver(Map<String, Body> bodies) {
    this.bodies = bodies;
  }

  private Body body(TaskSpec spec) {
    return Objects.requireNonNull(bodies.get(spec.name()));
  }

  @Override
  public Resolved resolve(String step, TaskSpec spec, Shape shape) {
    String object = "Ljava/lang/Object;";
    MethodRef method =
        new MethodRef(
            SimCode.class.getName(),
            "call" + spec.arity(),
            "(Ljava/lang/String;" + object.repeat(spec.arity()) + ")" + object);
    TaskCode code =
        new TaskCode(
            method,
            TaskCode.Kind.STATIC,
            List.of(encoded(body(spec).encoded())),
            spec.effect(),
            shape,
            TYPES.names(),
            INLINE_LIMIT);
    return new Resolved(
        code,
        Objects.requireNonNull(spec.name()),
        "()",
        List.of("a", "b", "c").subList(0, spec.arity()),
        List.of(),
        null,
        value -> new Passed(encoded(value), null));
  }

  @Override
  public CodeFingerprint identify(Resolved resolved, TaskSpec spec, MetClasses met) {
    TreeMap<String, Fingerprint> parts = new TreeMap<>();
    parts.put(spec.name() + "()", Hasher.of("code").putString(body(spec).encoded()).finish());
    return CodeFingerprint.of(CodeFingerprint.Mode.CLOSURE, parts, List.of());
  }

  private static Argument encoded(@Nullable Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      Codec codec = CODECS.forValue(value);
      Codec.Encoded encoded = codec.encode(value, bytes);
      return new Argument.Encoded(
          new PartitionRef(
              encoded.content(),
              codec.id(),
              bytes.size(),
              encoded.rows(),
              encoded.schema(),
              new Location.Inline(Bytes.wrap(bytes.toByteArray()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The content digest of a value by itself. */
  static Fingerprint content(@Nullable Object value) {
    return ((Argument.Encoded) encoded(value)).partition().content();
  }
}
