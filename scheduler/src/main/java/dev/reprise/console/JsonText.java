package dev.reprise.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.reprise.explain.StepParts;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.CharBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object under construction. Every object that Reprise prints begins with the version of
 * the contract; fields may be added to it, none is changed or removed, and readers pass over those
 * that they do not know.
 */
public final class JsonText {
  /** Version of the contract. */
  public static final int SCHEMA = 1;

  private static final JsonFactory FACTORY = new JsonFactory();

  private final Writer to;
  private final JsonGenerator json;

  private JsonText(Writer to, boolean pretty) {
    this.to = to;
    try {
      json = FACTORY.createGenerator(to);
    } catch (IOException e) {
      throw impossible(e);
    }
    if (pretty) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
    }
    write(json::writeStartObject);
    number("schema", SCHEMA);
  }

  /** Begins an object that will be one line. */
  public static JsonText line() {
    return new JsonText(new StringWriter(), false);
  }

  /** Begins an object that will be printed by itself, on as many lines as it reads well. */
  public static JsonText document() {
    return new JsonText(new StringWriter(), true);
  }

  /** Begins an object as {@link #document()} does, which is printed while it grows. */
  public static JsonText document(PrintStream out) {
    return new JsonText(new Printing(out), true);
  }

  /** Ends the object, and returns what of it was not printed yet. */
  public String end() {
    write(json::writeEndObject);
    write(json::close);
    return to.toString();
  }

  /** Adds text, or null. */
  public JsonText text(String name, @Nullable String value) {
    return write(() -> json.writeStringField(name, value));
  }

  /** Adds a whole number. */
  public JsonText number(String name, long value) {
    return write(() -> json.writeNumberField(name, value));
  }

  /** Adds a duration in seconds, with three digits. */
  public JsonText seconds(String name, long nanos) {
    return write(() -> json.writeNumberField(name, Math.round(Math.max(0, nanos) / 1e6) / 1e3));
  }

  /** Adds a number; null if it is none. */
  public JsonText decimal(String name, double value) {
    return write(
        () -> {
          if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
          } else {
            json.writeNullField(name);
          }
        });
  }

  /** Adds a truth value. */
  public JsonText flag(String name, boolean value) {
    return write(() -> json.writeBooleanField(name, value));
  }

  /** Adds how many units had each outcome, zeros included. */
  public JsonText outcomes(Map<Outcome, Integer> outcomes) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome.name(), outcomes.getOrDefault(outcome, 0));
    }
    return counts("outcomes", counts);
  }

  /** Adds an object with counts by word. */
  public JsonText counts(String name, Map<String, Integer> counts) {
    write(() -> json.writeObjectFieldStart(name));
    counts.forEach(this::number);
    return write(json::writeEndObject);
  }

  /** Adds why a unit was not reused, or null if it was. */
  public JsonText reason(@Nullable Reason reason) {
    if (reason == null) {
      return text("reason", null);
    }
    write(() -> json.writeObjectFieldStart("reason"));
    text("code", reason.code().name());
    text("detail", reason.detail());
    return write(json::writeEndObject);
  }

  /** Adds the cache with a name that results lie in, and their key there; nothing if none. */
  public JsonText written(Optional<StepParts> parts) {
    parts
        .flatMap(StepParts::written)
        .ifPresent(key -> text("named_cache", key.cache()).text("named_key", key.text()));
    return this;
  }

  /** Adds an object with text fields. */
  public JsonText texts(String name, Map<String, String> fields) {
    write(() -> json.writeObjectFieldStart(name));
    fields.forEach(this::text);
    return write(json::writeEndObject);
  }

  /** Adds a list of text. */
  public JsonText list(String name, Collection<String> values) {
    write(() -> json.writeArrayFieldStart(name));
    values.forEach(value -> write(() -> json.writeString(value)));
    return write(json::writeEndArray);
  }

  /** Adds a list of objects, the fields of which {@code fields} adds to what it is given. */
  public <T> JsonText objects(
      String name, Iterable<? extends T> values, BiConsumer<JsonText, ? super T> fields) {
    write(() -> json.writeArrayFieldStart(name));
    for (T value : values) {
      write(json::writeStartObject);
      fields.accept(this, value);
      write(json::writeEndObject);
    }
    return write(json::writeEndArray);
  }

  /** Adds an object, the fields of which {@code fields} adds to what it is given, or null. */
  public <T> JsonText object(
      String name, @Nullable T value, BiConsumer<JsonText, ? super T> fields) {
    if (value == null) {
      return text(name, null);
    }
    write(() -> json.writeObjectFieldStart(name));
    fields.accept(this, value);
    return write(json::writeEndObject);
  }

  /** Prints what is written, and keeps nothing. */
  private static final class Printing extends Writer {
    private final PrintStream out;

    Printing(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(char[] from, int offset, int length) {
      out.append(CharBuffer.wrap(from, offset, length));
    }

    @Override
    public void flush() {
      out.flush();
    }

    @Override
    public void close() {
      flush();
    }

    @Override
    public String toString() {
      return "";
    }
  }

  private interface Write {
    void run() throws IOException;
  }

  private JsonText write(Write write) {
    try {
      write.run();
    } catch (IOException e) {
      throw impossible(e);
    }
    return this;
  }

  private static UncheckedIOException impossible(IOException e) {
    return new UncheckedIOException("writing to memory failed", e);
  }
}
