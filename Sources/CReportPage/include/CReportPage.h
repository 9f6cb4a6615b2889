// The files of the report page as data. Swift compiles long array literals slowly; `#embed` does not.
#include <stddef.h>

#pragma clang assume_nonnull begin

struct page_part {
    const unsigned char *bytes;
    size_t count;
};

extern const struct page_part page_style, page_body, page_script;

#pragma clang assume_nonnull end
