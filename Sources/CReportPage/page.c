#include "CReportPage.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char style[] = {
#embed "Page/page.css"
};

static const unsigned char body[] = {
#embed "Page/page.html"
};

// In order: each file uses only those before it while it loads.
static const unsigned char script[] = {
#embed "Page/session.js"
    ,
#embed "Page/glyphs.js"
    ,
#embed "Page/palette.js"
    ,
#embed "Page/view.js"
    ,
#embed "Page/hash.js"
    ,
#embed "Page/text-pane.js"
    ,
#embed "Page/plots.js"
    ,
#embed "Page/overview.js"
    ,
#embed "Page/curves.js"
    ,
#embed "Page/heat-map.js"
    ,
#embed "Page/details.js"
    ,
#embed "Page/match.js"
    ,
#embed "Page/search.js"
    ,
#embed "Page/keys.js"
    ,
#embed "Page/report.js"
};

const struct page_part page_style = {style, sizeof style};
const struct page_part page_body = {body, sizeof body};
const struct page_part page_script = {script, sizeof script};
