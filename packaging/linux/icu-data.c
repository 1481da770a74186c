// Foundation carries ICU's tables for every language and calendar, 34 MB of them, and Sparring formats no date and sorts no
// name for anybody. A program that defines the tables itself links without them: these are empty, in the form of an ICU common
// data file (`icu4c/source/common/unicode/udata.h`, `ucmndata.h`). ICU then reports a missing resource to whoever asks for one;
// `scripts/check.py` keeps Sparring's sources from asking. The version is in the name: scripts/release-flags says which.

#include <stdint.h>

#ifndef ICU_DATA
#error "ICU_DATA is the name of the symbol, such as icudt76_dat"
#endif

struct EmptyTables {
    uint16_t headerSize;
    uint8_t magic[2];
    struct {
        uint16_t size, reserved;
        uint8_t isBigEndian, charset, sizeofUChar, reserved2;
        uint8_t format[4], formatVersion[4], dataVersion[4];
    } info;
    uint8_t padding[8];
    uint32_t count, reserved;
    uint32_t nothing[4];
};

__attribute__((visibility("hidden"), aligned(16))) const struct EmptyTables ICU_DATA = {
    .headerSize = 32,
    .magic = {0xDA, 0x27},
    .info = {.size = 20, .sizeofUChar = 2, .format = {'T', 'o', 'C', 'P'}, .formatVersion = {1}},
};
