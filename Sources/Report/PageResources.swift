/// The page's style, markup and scripts, embedded in the executable.
enum PageResources {
    static var style: [UInt8] { PackageResources.page_css }
    static var body: [UInt8] { PackageResources.page_html }

    /// In order: each script uses only those before it while it loads.
    static var scripts: [[UInt8]] {
        [
            PackageResources.session_js, PackageResources.glyphs_js, PackageResources.palette_js,
            PackageResources.view_js, PackageResources.hash_js, PackageResources.text_pane_js,
            PackageResources.plots_js, PackageResources.overview_js, PackageResources.curves_js,
            PackageResources.heat_map_js, PackageResources.details_js, PackageResources.match_js,
            PackageResources.search_js, PackageResources.keys_js, PackageResources.report_js,
        ]
    }
}
