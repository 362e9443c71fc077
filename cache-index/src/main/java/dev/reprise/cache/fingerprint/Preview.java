package dev.reprise.cache.fingerprint;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A short text that lets a person recognise a value. Takes time for what it shows, not for what the
 * value holds, and calls no {@code toString} of the user's.
 */
public final class Preview {
  /** The longest preview, in characters. */
  public static final int LIMIT = 80;

  /**
   * What is larger is not sorted for show, but counted: a set or map by itself, one within it, one
   * within that. Sorting shows all, so what is further inside is always counted.
   */
  private static final int[] SORTED = {64, 8, 1};

  private static final int MAX_DEPTH = 8;
  private static final Scalars SCALARS = new Scalars();

  private final StringBuilder shown = new StringBuilder();
  private final int around;

  /**
   * @param around how many sets and maps are around what is shown
   */
  private Preview(int around) {
    this.around = around;
  }

  /**
   * Shows {@code value} in one line of at most {@link #LIMIT} characters. Control and formatting
   * characters are escaped; secrets are dots, wherever they are, and so are components of records
   * and entries of maps that look like secrets by their names (see {@link Redaction}); sets and
   * maps are in an order that does not change from run to run.
   */
  public static String of(@Nullable Object value) {
    return of(value, 0, 0);
  }

  private static String of(@Nullable Object value, int depth, int around) {
    Preview preview = new Preview(around);
    try {
      preview.show(value, depth);
    } catch (RuntimeException e) {
      // a collection of the user's that cannot be read; its key says why
      preview.shown.append('?');
    }
    return preview.cut();
  }

  private void show(@Nullable Object value, int depth) {
    if (shown.length() > LIMIT) {
      return;
    }
    if (depth > MAX_DEPTH) {
      shown.append('…');
    } else if (value instanceof CharSequence || value instanceof Character) {
      quote(value);
    } else if (value instanceof Collection<?> elements) {
      collection(elements, depth);
    } else if (value instanceof Map<?, ?> map) {
      map(map, depth);
    } else if (value != null && value.getClass().isArray()) {
      array(value, depth);
    } else if (value != null && value.getClass().isRecord()) {
      record(value, depth);
    } else if (value instanceof Optional<?> optional) {
      shown.append("Optional");
      list(optional.stream().toList(), "(", ")", depth);
    } else {
      leaf(value);
    }
  }

  private void leaf(@Nullable Object value) {
    if (value instanceof Enum<?> constant) {
      escape(constant.name());
    } else if (value instanceof BigInteger number && number.bitLength() > 512) {
      shown.append("a number of ").append(number.bitLength()).append(" bits");
    } else if (value instanceof BigDecimal number && number.precision() > 154) {
      shown.append("a number of ").append(number.precision()).append(" digits");
    } else if (value == null || value instanceof Secret || SCALARS.of(value.getClass()) != null) {
      escape(String.valueOf(value));
    } else {
      escape(value.getClass().getSimpleName());
    }
  }

  private void quote(Object text) {
    if (!(text instanceof String || text instanceof Character)) {
      escape(text.getClass().getSimpleName());
      return;
    }
    String string = text.toString();
    char mark = text instanceof String ? '"' : '\'';
    shown.append(mark);
    escape(string);
    shown.append(mark);
  }

  private void collection(Collection<?> elements, int depth) {
    if (elements instanceof List) {
      list(elements, "[", "]", depth);
    } else if (isCounted(elements.size())) {
      shown.append('{').append(elements.size()).append(" elements}");
    } else {
      parts(elements.stream().map(each -> inside(each, depth)).sorted().toList());
    }
  }

  private boolean isCounted(int size) {
    return size > (around < SORTED.length ? SORTED[around] : 0);
  }

  private String inside(@Nullable Object part, int depth) {
    return of(part, depth + 1, around + 1);
  }

  private void map(Map<?, ?> map, int depth) {
    if (isCounted(map.size())) {
      shown.append('{').append(map.size()).append(" entries}");
      return;
    }
    List<String> entries = new ArrayList<>();
    map.forEach(
        (key, value) ->
            entries.add(
                inside(key, depth)
                    + "="
                    + (key instanceof String name && Redaction.hides(name)
                        ? Secret.SHOWN_AS
                        : inside(value, depth))));
    Collections.sort(entries);
    parts(entries);
  }

  private void array(Object array, int depth) {
    int length = Array.getLength(array);
    if (array instanceof byte[]) {
      shown.append(String.format(Locale.ROOT, "byte[%d]", length));
      return;
    }
    shown.append('[');
    for (int i = 0; i < length && shown.length() <= LIMIT; i++) {
      shown.append(i == 0 ? "" : ", ");
      show(Array.get(array, i), depth + 1);
    }
    shown.append(']');
  }

  private void record(Object value, int depth) {
    escape(value.getClass().getSimpleName());
    shown.append('(');
    try {
      RecordForm form = RecordForm.of(value.getClass());
      for (int i = 0; i < form.size() && shown.length() <= LIMIT; i++) {
        shown.append(i == 0 ? "" : ", ").append(form.name(i)).append('=');
        if (Redaction.hides(form.name(i))) {
          shown.append(Secret.SHOWN_AS);
        } else {
          show(form.read(value, i), depth + 1);
        }
      }
    } catch (RuntimeException e) {
      shown.append('?');
    }
    shown.append(')');
  }

  private void list(Iterable<?> elements, String open, String close, int depth) {
    shown.append(open);
    String between = "";
    for (Object element : elements) {
      if (shown.length() > LIMIT) {
        break;
      }
      shown.append(between);
      show(element, depth + 1);
      between = ", ";
    }
    shown.append(close);
  }

  private void parts(List<String> parts) {
    shown.append('{').append(String.join(", ", parts)).append('}');
  }

  private void escape(String text) {
    int i = 0;
    while (i < text.length() && shown.length() <= LIMIT) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR,
            Character.SURROGATE,
            Character.PRIVATE_USE,
            Character.UNASSIGNED ->
            shown.append(control(c));
        default -> shown.appendCodePoint(c);
      }
    }
  }

  private static String control(int c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> String.format(Locale.ROOT, c > 0xffff ? "\\u{%x}" : "\\u%04x", c);
    };
  }

  private String cut() {
    if (shown.length() <= LIMIT) {
      return shown.toString();
    }
    int end = LIMIT - 1;
    if (Character.isHighSurrogate(shown.charAt(end - 1))) {
      end--;
    }
    return shown.substring(0, end) + "…";
  }
}
