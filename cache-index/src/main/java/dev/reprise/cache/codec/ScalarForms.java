package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.cache.base.Text;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.util.BitSet;
import java.util.Currency;
import java.util.Date;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Forms of the JDK's values without parts. */
final class ScalarForms {
  private ScalarForms() {}

  /** A form made of two functions. */
  private static final class ScalarSerializer<T> extends Serializer<T> {
    private final BiConsumer<Output, T> writer;
    private final Function<Input, T> reader;

    ScalarSerializer(BiConsumer<Output, T> writer, Function<Input, T> reader) {
      this.writer = writer;
      this.reader = reader;
    }

    @Override
    public void write(Kryo kryo, Output output, T value) {
      writer.accept(output, value);
    }

    @Override
    public T read(Kryo kryo, Input input, Class<? extends T> type) {
      return reader.apply(input);
    }
  }

  static <T> void add(
      Forms forms,
      String name,
      Class<T> type,
      BiConsumer<Output, T> writer,
      Function<Input, T> reader) {
    forms.add(Form.builtIn(name, type, new ScalarSerializer<>(writer, reader)), type);
  }

  private static <T> void text(
      Forms forms,
      String name,
      Class<T> type,
      Function<T, String> toText,
      Function<String, T> ofText) {
    add(
        forms,
        name,
        type,
        (output, value) -> Parts.writeText(output, toText.apply(value)),
        input -> ofText.apply(Parts.readText(input)));
  }

  static void addTo(Forms forms) {
    numbers(forms);
    texts(forms);
    others(forms);
    TimeForms.addTo(forms);
  }

  private static void numbers(Forms forms) {
    add(forms, "boolean", Boolean.class, Output::writeBoolean, Input::readBoolean);
    add(forms, "byte", Byte.class, (output, value) -> output.writeByte(value), Input::readByte);
    add(forms, "short", Short.class, (output, value) -> output.writeShort(value), Input::readShort);
    add(
        forms,
        "int",
        Integer.class,
        (output, value) -> output.writeVarInt(value, false),
        input -> input.readVarInt(false));
    add(
        forms,
        "long",
        Long.class,
        (output, value) -> output.writeVarLong(value, false),
        input -> input.readVarLong(false));
    // not …RawIntBits: NaN equals NaN, so all of them are written alike
    add(
        forms,
        "float",
        Float.class,
        (output, value) -> output.writeInt(Float.floatToIntBits(value)),
        input -> Float.intBitsToFloat(input.readInt()));
    add(
        forms,
        "double",
        Double.class,
        (output, value) -> output.writeLong(Double.doubleToLongBits(value)),
        input -> Double.longBitsToDouble(input.readLong()));
    add(
        forms,
        "big-integer",
        BigInteger.class,
        (output, value) -> Parts.writeBytes(output, value.toByteArray()),
        input -> new BigInteger(Parts.readBytes(input)));
    add(
        forms,
        "big-decimal",
        BigDecimal.class,
        (output, value) -> {
          output.writeInt(value.scale());
          Parts.writeBytes(output, value.unscaledValue().toByteArray());
        },
        input -> {
          int scale = input.readInt();
          return new BigDecimal(new BigInteger(Parts.readBytes(input)), scale);
        });
    add(
        forms,
        "atomic-integer",
        AtomicInteger.class,
        (output, value) -> output.writeInt(value.get()),
        input -> new AtomicInteger(input.readInt()));
    add(
        forms,
        "atomic-long",
        AtomicLong.class,
        (output, value) -> output.writeLong(value.get()),
        input -> new AtomicLong(input.readLong()));
    add(
        forms,
        "atomic-boolean",
        AtomicBoolean.class,
        (output, value) -> output.writeBoolean(value.get()),
        input -> new AtomicBoolean(input.readBoolean()));
  }

  private static void texts(Forms forms) {
    add(
        forms,
        "char",
        Character.class,
        (output, value) -> output.writeShort(value),
        input -> (char) input.readShort());
    text(forms, "string", String.class, text -> text, text -> text);
    text(forms, "string-builder", StringBuilder.class, StringBuilder::toString, StringBuilder::new);
    text(forms, "uri", URI.class, URI::toString, URI::create);
    text(forms, "url", URL.class, URL::toExternalForm, ScalarForms::url);
    text(forms, "currency", Currency.class, Currency::getCurrencyCode, Currency::getInstance);
    text(forms, "charset", Charset.class, Charset::name, Charset::forName);
    add(
        forms,
        "pattern",
        Pattern.class,
        (output, value) -> {
          output.writeInt(value.flags());
          Parts.writeText(output, value.pattern());
        },
        input -> {
          int flags = input.readInt();
          return Pattern.compile(Parts.readText(input), flags);
        });
    add(forms, "locale", Locale.class, ScalarForms::writeLocale, ScalarForms::readLocale);
  }

  @SuppressWarnings("JavaUtilDate") // users have some
  private static void others(Forms forms) {
    add(
        forms,
        "uuid",
        UUID.class,
        (output, value) -> {
          output.writeLong(value.getMostSignificantBits());
          output.writeLong(value.getLeastSignificantBits());
        },
        input -> new UUID(input.readLong(), input.readLong()));
    add(
        forms,
        "bit-set",
        BitSet.class,
        (output, value) -> Parts.writeBytes(output, value.toByteArray()),
        input -> BitSet.valueOf(Parts.readBytes(input)));
    add(
        forms,
        "date",
        Date.class,
        (output, value) -> output.writeLong(value.getTime()),
        input -> new Date(input.readLong()));
    add(
        forms,
        "optional-int",
        OptionalInt.class,
        (output, value) -> {
          output.writeBoolean(value.isPresent());
          output.writeInt(value.orElse(0));
        },
        input -> {
          boolean present = input.readBoolean();
          int value = input.readInt();
          return present ? OptionalInt.of(value) : OptionalInt.empty();
        });
    add(
        forms,
        "optional-long",
        OptionalLong.class,
        (output, value) -> {
          output.writeBoolean(value.isPresent());
          output.writeLong(value.orElse(0));
        },
        input -> {
          boolean present = input.readBoolean();
          long value = input.readLong();
          return present ? OptionalLong.of(value) : OptionalLong.empty();
        });
    add(
        forms,
        "optional-double",
        OptionalDouble.class,
        (output, value) -> {
          output.writeBoolean(value.isPresent());
          output.writeLong(Double.doubleToLongBits(value.orElse(0)));
        },
        input -> {
          boolean present = input.readBoolean();
          double value = Double.longBitsToDouble(input.readLong());
          return present ? OptionalDouble.of(value) : OptionalDouble.empty();
        });
    forms.add(
        Form.builtIn(
            "class",
            Class.class,
            new ScalarSerializer<Class<?>>(
                (output, value) -> ArrayForms.writeClass(output, value, forms),
                input -> ArrayForms.readClass(input, forms))),
        Class.class);
  }

  private static URL url(String text) {
    try {
      return new URL(text);
    } catch (MalformedURLException e) {
      throw new KryoException("holds " + Text.quote(text) + ", which is no URL here", e);
    }
  }

  /**
   * By its tag, or by its old three parts where the tag does not tell it; a locale that neither
   * tells can only be made by means that nobody uses.
   */
  private static void writeLocale(Output output, Locale locale) {
    String tag = locale.toLanguageTag();
    boolean told = Locale.forLanguageTag(tag).equals(locale);
    output.writeBoolean(told);
    if (told) {
      Parts.writeText(output, tag);
      return;
    }
    Locale old = new Locale(locale.getLanguage(), locale.getCountry(), locale.getVariant());
    if (!old.equals(locale)) {
      throw new Unencodable("the locale " + Text.quote(locale.toString()) + " is not well-formed");
    }
    Parts.writeText(output, locale.getLanguage());
    Parts.writeText(output, locale.getCountry());
    Parts.writeText(output, locale.getVariant());
  }

  private static Locale readLocale(Input input) {
    if (input.readBoolean()) {
      return Locale.forLanguageTag(Parts.readText(input));
    }
    return new Locale(Parts.readText(input), Parts.readText(input), Parts.readText(input));
  }
}
